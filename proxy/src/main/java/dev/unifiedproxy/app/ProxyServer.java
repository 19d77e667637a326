package dev.unifiedproxy.app;

import dev.unifiedproxy.audit.AuditLog;
import dev.unifiedproxy.audit.AuditSettings;
import dev.unifiedproxy.config.RegistrationPolicy;
import dev.unifiedproxy.config.Settings;
import dev.unifiedproxy.control.ControlRoutes;
import dev.unifiedproxy.control.ControlServer;
import dev.unifiedproxy.control.MetricsListener;
import dev.unifiedproxy.credential.CredentialBindings;
import dev.unifiedproxy.credential.CredentialInjector;
import dev.unifiedproxy.identity.Identifier;
import dev.unifiedproxy.identity.TicketAuthority;
import dev.unifiedproxy.identity.TicketRevocations;
import dev.unifiedproxy.limit.ByteBudget;
import dev.unifiedproxy.limit.KeyedLimiter;
import dev.unifiedproxy.limit.RuleLimiter;
import dev.unifiedproxy.listener.ConnectionTable;
import dev.unifiedproxy.listener.EdgeLimits;
import dev.unifiedproxy.listener.EdgeServices;
import dev.unifiedproxy.listener.ForwardListener;
import dev.unifiedproxy.metrics.MetricsPage;
import dev.unifiedproxy.metrics.ProcessFacts;
import dev.unifiedproxy.metrics.ProxyMetrics;
import dev.unifiedproxy.pipeline.Recorder;
import dev.unifiedproxy.pipeline.RequestPath;
import dev.unifiedproxy.registry.SqliteContainerRegistry;
import dev.unifiedproxy.tls.InterceptionAuthority;
import dev.unifiedproxy.tls.LeafCertificates;
import dev.unifiedproxy.tls.SystemTrust;
import dev.unifiedproxy.tls.TlsProvider;
import dev.unifiedproxy.transport.Deadlines;
import dev.unifiedproxy.transport.Transport;
import dev.unifiedproxy.upstream.GuardedResolver;
import dev.unifiedproxy.upstream.UpstreamClient;
import dev.unifiedproxy.upstream.UpstreamLimits;
import dev.unifiedproxy.upstream.UpstreamTls;

import io.netty.channel.EventLoopGroup;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The composition root: every part is made here, by hand, in the order in which one needs the
 * other.
 *
 * <p>Whatever was made is closed again when a later part cannot be made: there is no half-started
 * proxy.
 */
public final class ProxyServer {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyServer.class);
    private static final Duration POOL_IDLE = Duration.ofSeconds(30);
    private static final Duration ROTATION_PERIOD = Duration.ofSeconds(10);
    private static final String PUBLISHED_CA = "mitmproxy-ca.pem";
    private static final long HELD_BODIES = 256L << 20;
    private static final long HELD_BODIES_PER_CONTAINER = 32L << 20;
    private static final int MAX_RATE_BUCKETS = 100_000;
    private static final long LOOP_STOP_MILLIS = 2_000;

    private final Settings settings;
    private final Map<String, String> environment;
    private final InstantSource clock = InstantSource.system();
    private final LongSupplier ticker = System::nanoTime;
    private final Shutdown shutdown = new Shutdown();

    private ProxyServer(Settings settings, Map<String, String> environment) {
        this.settings = settings;
        this.environment = environment;
    }

    /**
     * Starts a proxy; it accepts on every listener when this returns.
     *
     * @param environment where credentials come from
     * @throws StartupException when some part cannot be made
     */
    public static RunningProxy start(Settings settings, Map<String, String> environment)
            throws StartupException {
        ProxyServer server = new ProxyServer(settings, environment);
        try {
            return server.start();
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            server.shutdown.now();
            throw new StartupException(message(e), e);
        }
    }

    private static String message(Exception e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    /** Sockets, threads and time. */
    private record Engine(
            TlsProvider tls, Transport transport, EventLoopGroup loops, Deadlines deadlines) {}

    /** What is remembered and what is recorded. */
    private record Memory(
            TicketAuthority tickets,
            SqliteContainerRegistry registry,
            AuditLog audit,
            ConnectionTable connections,
            ProxyMetrics metrics) {}

    private RunningProxy start() throws IOException, GeneralSecurityException {
        LOG.info("Unified Proxy starting...");
        settings.places()
                .laptopDirectory()
                .ifPresent(
                        home ->
                                LOG.info(
                                        "No directory was configured and the usual ones are not"
                                                + " writable: using {}",
                                        home));
        RunFiles runFiles = RunFiles.claim(settings.places().runDirectory());
        shutdown.add("run files", runFiles::release);
        Engine engine = startEngine();
        CompletableFuture<UpstreamTls> upstreamTls =
                CompletableFuture.supplyAsync(() -> upstreamTls(engine.tls));
        shutdown.add("upstream TLS", () -> upstreamTls.thenAccept(UpstreamTls::close));

        InterceptionAuthority authority = openAuthority();
        PolicyReload.Start policyStart = PolicyStart.load(settings);
        CredentialBindings credentials = CredentialStart.load(environment);
        LOG.info("Configuration validated successfully");

        settings.upstream()
                .proxy()
                .ifPresent(
                        proxy ->
                                LOG.info(
                                        "Servers are reached through the proxy {}",
                                        proxy.authority()));
        Memory memory = openMemory(engine);
        PolicyReload policy =
                PolicyReload.watching(
                        settings, policyStart, memory.metrics, clock, PolicyReload.PERIOD);
        shutdown.add("policy reload", policy::close);
        GuardedResolver resolver =
                new GuardedResolver(
                        settings.upstream().hosts(),
                        resolvers(),
                        Interfaces.addresses(),
                        engine.transport);
        RequestPath path =
                new RequestPath(
                        new Identifier(memory.registry, memory.tickets, ticketRequired()),
                        PolicyStart.engine(settings, policy::snapshot),
                        new CredentialInjector(credentials),
                        new UpstreamClient(
                                resolver,
                                upstreamTls.join(),
                                engine.transport,
                                engine.deadlines,
                                upstreamLimits(),
                                settings.upstream().proxy()),
                        new Recorder(memory.audit, memory.metrics, clock, ticker),
                        new RequestPath.Limits(
                                new ByteBudget(HELD_BODIES, HELD_BODIES_PER_CONTAINER),
                                judges(),
                                new RuleLimiter(MAX_RATE_BUCKETS, ticker)));

        CertificateRotation rotation =
                CertificateRotation.watching(
                        authority, settings.places().certificatesDirectory(), ROTATION_PERIOD);
        shutdown.add("CA rotation", rotation::close);
        openControl(engine, memory, policy, rotation);
        MetricsListener metrics = openMetrics(engine, memory);
        ForwardListener forward = openForward(engine, memory, path, authority);
        resolver.addOwnPort(forward.port());
        resolver.addOwnPort(metrics.port());
        LOG.info(
                "Listening: proxy on {} port {}, metrics on {} port {}",
                settings.listeners().proxy().address().text(),
                forward.port(),
                settings.listeners().metrics().address().text(),
                metrics.port());
        runFiles.announce(
                forward.port(), metrics.port(), settings.places().certificatesDirectory());
        LOG.info("Readiness marker created at {}", runFiles.marker());
        return new RunningProxy(
                settings,
                new RunningProxy.Ports(forward.port(), metrics.port()),
                runFiles,
                forward,
                memory.connections,
                policy,
                shutdown);
    }

    private Engine startEngine() {
        TlsProvider tls = TlsProvider.choose(name(settings.traffic().engine().tls()));
        Transport transport = Transport.choose(name(settings.traffic().engine().transport()));
        LOG.info("TLS: {}; transport: {}", tls.describe(), transport.describe());
        EventLoopGroup loops = transport.newGroup(loopCount());
        shutdown.add(
                "event loops",
                () ->
                        loops.shutdownGracefully(0, LOOP_STOP_MILLIS, TimeUnit.MILLISECONDS)
                                .syncUninterruptibly());
        return new Engine(tls, transport, loops, new Deadlines(ticker));
    }

    private Memory openMemory(Engine engine) throws IOException {
        Path state = settings.places().stateDirectory();
        TicketAuthority tickets = TicketAuthority.open(state.resolve("ticket.key"));
        TicketRevocations revocations = TicketRevocations.open(state.resolve("tickets.not-before"));
        shutdown.add("ticket revocations", revocations::close);
        SqliteContainerRegistry registry =
                SqliteContainerRegistry.open(
                        settings.places().registryDatabase(),
                        revocations,
                        clock,
                        ticker,
                        SqliteContainerRegistry.Settings.defaults());
        shutdown.add("registry", registry::close);
        AuditLog audit = AuditLog.open(AuditSettings.of(state.resolve("audit")), clock);
        shutdown.add("audit log", audit::close);
        ConnectionTable connections =
                new ConnectionTable(
                        settings.traffic().maxConnections(),
                        settings.traffic().maxConnectionsPerContainer());
        ProxyMetrics metrics =
                new ProxyMetrics(
                        new ProcessFacts(
                                registry::count,
                                connections::open,
                                audit::backlog,
                                new ProcessFacts.Build(
                                        Version.text(),
                                        engine.tls.describe(),
                                        engine.transport.describe())));
        registry.onDeparture(departed -> connections.closeContainer(departed.id()));
        registry.onDeparture(departed -> metrics.containerDeparted(departed.id()));
        return new Memory(tickets, registry, audit, connections, metrics);
    }

    private void openControl(
            Engine engine, Memory memory, PolicyReload policy, CertificateRotation rotation)
            throws IOException {
        ControlServer control =
                ControlServer.start(
                        settings.listeners().controlSocket(),
                        new ControlRoutes(
                                memory.registry,
                                memory.tickets,
                                clock,
                                rotation,
                                new ProcessHealth(memory.audit, engine.loops, policy),
                                RegistrationPolicy::problems),
                        controlLimiter(),
                        engine.loops,
                        engine.transport);
        shutdown.add("control API", control::close);
        LOG.info("Internal API socket ready");
    }

    private KeyedLimiter<String> controlLimiter() {
        Settings.Control control = settings.listeners().control();
        return new KeyedLimiter<>(
                ControlServer.limit(control.requests(), control.window()), ticker);
    }

    private MetricsListener openMetrics(Engine engine, Memory memory) throws IOException {
        MetricsListener listener =
                Binding.of(
                        "METRICS_BIND, METRICS_PORT",
                        settings.listeners().metrics(),
                        address ->
                                MetricsListener.bind(
                                        address,
                                        engine.loops,
                                        engine.transport,
                                        new MetricsListener.Access(
                                                new MetricsPage(memory.metrics),
                                                memory.registry,
                                                settings.listeners().metricsNetworks())));
        shutdown.add("metrics listener", listener::close);
        return listener;
    }

    private ForwardListener openForward(
            Engine engine, Memory memory, RequestPath path, InterceptionAuthority authority)
            throws IOException {
        LeafCertificates leaves = new LeafCertificates(authority, engine.tls, clock);
        shutdown.add("leaf certificates", leaves::close);
        EdgeServices edge =
                new EdgeServices(
                        path,
                        memory.connections,
                        leaves,
                        engine.deadlines,
                        new EdgeLimits(
                                settings.traffic().headTimeout(), settings.traffic().idleTimeout()),
                        new RequestIds());
        ForwardListener forward =
                Binding.of(
                        "PROXY_BIND, PROXY_PORT",
                        settings.listeners().proxy(),
                        address ->
                                ForwardListener.bind(
                                        address, engine.loops, engine.transport, edge));
        shutdown.add("forward listener", forward::close);
        return forward;
    }

    private boolean ticketRequired() {
        return settings.listeners().ticket() == Settings.TicketUse.REQUIRED;
    }

    private UpstreamLimits upstreamLimits() {
        return new UpstreamLimits(
                settings.upstream().connectTimeout(),
                settings.upstream().silenceTimeout(),
                POOL_IDLE,
                settings.upstream().maxConnections());
    }

    private InterceptionAuthority openAuthority() throws IOException {
        Path certificates = settings.places().certificatesDirectory();
        if (Files.isDirectory(certificates)
                && Files.notExists(certificates.resolve(PUBLISHED_CA))) {
            // an operator who empties the shared volume asks for a new CA (runbook, complete reset)
            InterceptionAuthority.discard(settings.places().stateDirectory());
        }
        InterceptionAuthority authority =
                InterceptionAuthority.openOrCreate(settings.places().stateDirectory(), clock);
        authority.notes().forEach(LOG::warn);
        LOG.info(
                authority.created()
                        ? "CA certificate generated successfully"
                        : "Using existing CA certificate");
        authority.publish(certificates, SystemTrust.find()).note().ifPresent(LOG::warn);
        SandboxFiles.publish(certificates);
        return authority;
    }

    /** Threads for rules that read bodies, which may take longer than an event loop may be kept. */
    private Executor judges() {
        ExecutorService judges = Executors.newVirtualThreadPerTaskExecutor();
        shutdown.add("body rules", judges::shutdownNow);
        return judges;
    }

    /** Reading a few hundred certificates takes a while, so it happens beside everything else. */
    private UpstreamTls upstreamTls(TlsProvider tls) {
        try {
            List<X509Certificate> roots = new ArrayList<>();
            SystemTrust.find().ifPresent(bundle -> roots.addAll(SystemTrust.certificates(bundle)));
            settings.upstream()
                    .authorities()
                    .ifPresent(file -> roots.addAll(SystemTrust.certificates(file)));
            return UpstreamTls.trusting(
                    tls.sslProvider(), roots, settings.upstream().clientCertificates());
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("Upstream TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    private int loopCount() {
        int configured = settings.traffic().engine().eventLoops();
        return configured > 0 ? configured : Runtime.getRuntime().availableProcessors();
    }

    private List<InetSocketAddress> resolvers() {
        return settings.upstream().resolvers().stream().map(ProxyServer::socketAddress).toList();
    }

    private static InetSocketAddress socketAddress(Settings.Endpoint endpoint) {
        return new InetSocketAddress(endpoint.address().toInetAddress(), endpoint.port());
    }

    private static String name(Settings.Provider provider) {
        return provider.name().toLowerCase(Locale.ROOT);
    }
}
