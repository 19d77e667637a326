package dev.unifiedproxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.unifiedproxy.container.Container;
import dev.unifiedproxy.credential.CredentialBindings;
import dev.unifiedproxy.credential.CredentialInjector;
import dev.unifiedproxy.credential.Injection;
import dev.unifiedproxy.credential.OutboundRequest;
import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.host.Hostname;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.host.PinnedAddress;
import dev.unifiedproxy.http.BodyFraming;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.InboundRequest;
import dev.unifiedproxy.http.Method;
import dev.unifiedproxy.http.NormalPath;
import dev.unifiedproxy.http.RequestHead;
import dev.unifiedproxy.http.RequestTarget;
import dev.unifiedproxy.identity.IdentifiedRequests;
import dev.unifiedproxy.policy.AuthorizedRequests;
import dev.unifiedproxy.tls.SystemTrust;
import dev.unifiedproxy.transport.Deadlines;
import dev.unifiedproxy.transport.Transport;

import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslProvider;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A real client on one event loop; {@code a.example} and {@code b.example} are on loopback. */
final class ClientRig implements AutoCloseable {
    static final Duration SILENCE = Duration.ofSeconds(60);
    private static final PinnedAddress LOOPBACK = PinnedAddress.parse("127.0.0.1");

    private final EventLoopGroup loops = Transport.NIO.newGroup(1);
    private final AtomicLong ticks = new AtomicLong();
    private final UpstreamClient client;

    ClientRig(UpstreamTls tls) {
        this(tls, LOOPBACK);
    }

    /** A rig for which {@code a.example} has these addresses. */
    ClientRig(UpstreamTls tls, PinnedAddress... addresses) {
        client = client(tls, new Deadlines(ticks::get), limits(), Optional.empty(), addresses);
    }

    /** A rig with so many connections to servers at once. */
    ClientRig(UpstreamTls tls, int connections) {
        client =
                client(
                        tls,
                        new Deadlines(ticks::get),
                        limits(connections),
                        Optional.empty(),
                        LOOPBACK);
    }

    /** A rig that reaches servers through a proxy. */
    ClientRig(UpstreamTls tls, UpstreamProxy proxy) {
        client = client(tls, new Deadlines(ticks::get), limits(), Optional.of(proxy), LOOPBACK);
    }

    /** TLS that trusts one authority of the system's. */
    static UpstreamTls systemTls() {
        try {
            Path bundle = SystemTrust.find().orElseThrow();
            return UpstreamTls.trusting(
                    SslProvider.JDK, SystemTrust.certificates(bundle).subList(0, 1), Map.of());
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static UpstreamClient client(UpstreamTls tls, Deadlines deadlines) {
        return client(tls, deadlines, limits(), Optional.empty(), LOOPBACK);
    }

    private static UpstreamClient client(
            UpstreamTls tls,
            Deadlines deadlines,
            UpstreamLimits limits,
            Optional<UpstreamProxy> proxy,
            PinnedAddress... ofA) {
        return new UpstreamClient(
                new GuardedResolver(
                        Map.of(
                                Hostname.parse("a.example"),
                                List.of(ofA),
                                Hostname.parse("b.example"),
                                List.of(LOOPBACK)),
                        List.of(),
                        List.of(),
                        Transport.NIO),
                tls,
                Transport.NIO,
                deadlines,
                limits,
                proxy);
    }

    static UpstreamLimits limits() {
        return limits(64);
    }

    private static UpstreamLimits limits(int connections) {
        return new UpstreamLimits(
                Duration.ofSeconds(2), SILENCE, Duration.ofSeconds(30), connections);
    }

    /** Moves the time of all limits; they are looked at within half a second. */
    void pass(Duration time) {
        ticks.addAndGet(time.toNanos());
    }

    /** Starts a request; a body and its end are the caller's to send. */
    Call open(OutboundRequest request) {
        Call call = new Call(loops.next());
        call.eventLoop().submit(() -> client.send(request, call, call)).syncUninterruptibly();
        return call;
    }

    /** A whole request without body, to its end. */
    Call get(String url) {
        Call call = open(request(Method.GET, url, BodyFraming.NONE));
        call.endBody();
        return call.awaitEnd();
    }

    static OutboundRequest request(Method method, String url, BodyFraming framing) {
        boolean secure = url.startsWith("https://");
        String rest = url.substring(url.indexOf("://") + 3);
        int slash = rest.indexOf('/');
        Authority authority = Authority.parse(rest.substring(0, slash), secure ? 443 : 80);
        InboundRequest inbound =
                InboundRequest.tunnelled(
                        "r-1",
                        IpAddress.parse("10.0.0.5"),
                        authority,
                        secure,
                        new RequestHead(
                                method,
                                new RequestTarget.Origin(
                                        NormalPath.parse(rest.substring(slash)), "", false),
                                false,
                                Headers.of("Host", authority.hostField(secure)),
                                framing),
                        Optional.empty());
        Container container =
                new Container(
                        "sandbox-1",
                        inbound.source(),
                        Instant.EPOCH,
                        Instant.EPOCH,
                        Duration.ZERO,
                        Map.of());
        Injection injection =
                new CredentialInjector(CredentialBindings.fromEnvironment(Map.of()))
                        .attach(
                                AuthorizedRequests.allow(
                                        IdentifiedRequests.of(inbound, container)));
        return ((Injection.Ready) injection).request();
    }

    /** How many sockets to servers there are. */
    int sockets() {
        return client.open();
    }

    /** Whatever a test did, no socket may be left over in the count. */
    @Override
    public void close() {
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
        await().untilAsserted(
                        () ->
                                assertThat(sockets())
                                        .as("sockets that were never given back")
                                        .isZero());
    }
}
