package dev.unifiedproxy.pipeline;

import static org.awaitility.Awaitility.await;

import dev.unifiedproxy.audit.AuditLog;
import dev.unifiedproxy.audit.AuditSettings;
import dev.unifiedproxy.container.Container;
import dev.unifiedproxy.container.ContainerLookup;
import dev.unifiedproxy.credential.CredentialBindings;
import dev.unifiedproxy.credential.CredentialInjector;
import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.host.HostPattern;
import dev.unifiedproxy.host.Hostname;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.host.PinnedAddress;
import dev.unifiedproxy.identity.IdentifiedRequest;
import dev.unifiedproxy.identity.Identifier;
import dev.unifiedproxy.identity.TicketAuthority;
import dev.unifiedproxy.limit.ByteBudget;
import dev.unifiedproxy.limit.RuleLimiter;
import dev.unifiedproxy.metrics.ProcessFacts;
import dev.unifiedproxy.metrics.ProxyMetrics;
import dev.unifiedproxy.policy.AllowRule;
import dev.unifiedproxy.policy.Allowlist;
import dev.unifiedproxy.policy.PassThroughList;
import dev.unifiedproxy.policy.PolicyEngine;
import dev.unifiedproxy.policy.PolicySnapshot;
import dev.unifiedproxy.policy.RequestRule;
import dev.unifiedproxy.policy.Verdict;
import dev.unifiedproxy.tls.SystemTrust;
import dev.unifiedproxy.transport.Deadlines;
import dev.unifiedproxy.transport.Transport;
import dev.unifiedproxy.upstream.GuardedResolver;
import dev.unifiedproxy.upstream.UpstreamClient;
import dev.unifiedproxy.upstream.UpstreamLimits;
import dev.unifiedproxy.upstream.UpstreamTls;

import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslProvider;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The real path with real stages, counted, and a server on loopback behind it. */
final class PathRig implements AutoCloseable {
    static final IpAddress SANDBOX = IpAddress.parse("10.0.0.5");
    static final IpAddress STRANGER = IpAddress.parse("10.0.0.6");

    final AtomicInteger lookups = new AtomicInteger();
    final AtomicInteger decisions = new AtomicInteger();
    final AtomicInteger accepted = new AtomicInteger();
    final EventLoopGroup loops = Transport.NIO.newGroup(1);
    final AuditLog audit;
    final RequestPath path;
    final ByteBudget budget = new ByteBudget(64, 64);
    volatile Verdict verdict = Verdict.PASS;
    volatile Executor judges = Runnable::run;
    volatile String containerId = "sandbox-1";
    volatile Optional<RuntimeException> lookupThrows = Optional.empty();
    volatile Optional<RuntimeException> policyThrows = Optional.empty();
    private final Path directory;
    private final ServerSocket server;

    PathRig(Path directory) throws IOException {
        this.directory = directory;
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::serve);
        audit = AuditLog.open(AuditSettings.of(directory.resolve("audit")), InstantSource.system());
        PolicySnapshot snapshot =
                PolicySnapshot.of(
                        new Allowlist(
                                List.of(
                                        rule("a.example"),
                                        rule("nowhere.example"),
                                        rule("api.openai.com")),
                                List.of(),
                                List.of()),
                        "test");
        path =
                new RequestPath(
                        new Identifier(
                                new Registry(),
                                TicketAuthority.open(directory.resolve("ticket.key")),
                                false),
                        new PolicyEngine(
                                () -> {
                                    decisions.incrementAndGet();
                                    policyThrows.ifPresent(
                                            e -> {
                                                throw e;
                                            });
                                    return snapshot;
                                },
                                PassThroughList.EMPTY,
                                List.of(new AnyRule())),
                        new CredentialInjector(CredentialBindings.fromEnvironment(Map.of())),
                        client(),
                        new Recorder(audit, metrics(), InstantSource.system(), System::nanoTime),
                        new RequestPath.Limits(
                                budget,
                                task -> judges.execute(task),
                                new RuleLimiter(100, System::nanoTime)));
    }

    private AllowRule rule(String host) {
        return new AllowRule(HostPattern.parse(host), Set.of(port()), false, "test:1", "generic");
    }

    private static UpstreamTls systemTls() throws IOException {
        try {
            Path bundle = SystemTrust.find().orElseThrow();
            return UpstreamTls.trusting(
                    SslProvider.JDK, SystemTrust.certificates(bundle).subList(0, 1), Map.of());
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static UpstreamClient client() throws IOException {
        List<PinnedAddress> loopback = List.of(PinnedAddress.parse("127.0.0.1"));
        return new UpstreamClient(
                new GuardedResolver(
                        Map.of(
                                Hostname.parse("a.example"),
                                loopback,
                                Hostname.parse("api.openai.com"),
                                loopback,
                                Hostname.parse("nowhere.example"),
                                List.of(PinnedAddress.parse("127.0.0.2"))),
                        List.of(),
                        List.of(),
                        Transport.NIO),
                systemTls(),
                Transport.NIO,
                new Deadlines(System::nanoTime),
                new UpstreamLimits(
                        Duration.ofSeconds(2), Duration.ofSeconds(20), Duration.ofSeconds(20), 64),
                Optional.empty());
    }

    private static ProxyMetrics metrics() {
        return new ProxyMetrics(
                new ProcessFacts(
                        () -> 1, () -> 1, () -> 0, new ProcessFacts.Build("1", "jdk", "nio")));
    }

    int port() {
        return server.getLocalPort();
    }

    private void serve() {
        try {
            while (true) {
                Socket socket = server.accept();
                accepted.incrementAndGet();
                Thread.ofVirtual().start(() -> answer(socket));
            }
        } catch (IOException e) {
            // closed: the test is over
        }
    }

    private static void answer(Socket socket) {
        try (socket) {
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) socket.getInputStream().read());
            }
            socket.getOutputStream()
                    .write(
                            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi"
                                    .getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            // the client went
        }
    }

    /** The lines of the audit log, when so many are there; none may follow. */
    List<String> records(int expected) {
        Path file = directory.resolve("audit").resolve("audit.jsonl");
        await().until(() -> Files.exists(file) && Files.readAllLines(file).size() >= expected);
        audit.close();
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
        audit.close();
    }

    /** Says of every request what a test wants. */
    private final class AnyRule implements RequestRule {
        @Override
        public boolean concerns(Host host) {
            return false;
        }

        @Override
        public Verdict judge(IdentifiedRequest request) {
            return verdict;
        }
    }

    private final class Registry implements ContainerLookup {
        @Override
        public Finding find(IpAddress address) {
            lookups.incrementAndGet();
            lookupThrows.ifPresent(
                    e -> {
                        throw e;
                    });
            return address.equals(SANDBOX)
                    ? new Finding.Registered(
                            new Container(
                                    containerId,
                                    address,
                                    Instant.EPOCH,
                                    Instant.EPOCH,
                                    Duration.ZERO,
                                    Map.of()))
                    : new Finding.Absent();
        }

        @Override
        public void seen(Container container) {
            // no renewal is asked for here
        }

        @Override
        public Finding restore(Container claimed, Instant issuedAt) {
            return new Finding.Absent();
        }
    }
}
