package dev.unifiedproxy.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.RefusedException;
import dev.unifiedproxy.host.Host;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.ReferenceCountedOpenSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCounted;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;

import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** {@link LeafCertificates} with {@link LeafContext}, {@link LeafKeyManager} and its factory. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LeafCertificatesTest {
    private InterceptionAuthority authority;

    @BeforeAll
    void makeAuthority(@TempDir Path state) {
        authority = TlsFixtures.authority(state);
    }

    private LeafCertificates leaves(TlsProvider provider, int maxEntries) {
        return new LeafCertificates(
                authority, provider, InstantSource.system(), maxEntries, List.of("http/1.1"));
    }

    /** One exchange of the JDK's client, which verifies the name as a browser would. */
    private static List<String> exchange(
            SSLContext client, int port, String serverName, String version) throws IOException {
        List<String> seen = new ArrayList<>();
        try (SSLSocket socket = (SSLSocket) client.getSocketFactory().createSocket()) {
            socket.connect(
                    new InetSocketAddress(
                            InetAddress.getByAddress(serverName, new byte[] {127, 0, 0, 1}), port));
            socket.setSoTimeout(10_000);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            parameters.setServerNames(List.of(new SNIHostName(serverName)));
            parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
            parameters.setProtocols(new String[] {version});
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            X509Certificate leaf = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            seen.add(leaf.getSerialNumber().toString());
            seen.add(String.valueOf(socket.getSession().getCreationTime()));
            socket.getOutputStream().write("GET".getBytes(StandardCharsets.US_ASCII));
            seen.add(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
        }
        return seen;
    }

    @ParameterizedTest
    @CsvSource({"NATIVE, TLSv1.3", "NATIVE, TLSv1.2", "JDK, TLSv1.3", "JDK, TLSv1.2"})
    void jdkClientTrustsTheLeaf(TlsProvider provider, String version) throws Exception {
        SSLContext client = TlsFixtures.clientTrusting(authority.certificate());
        try (LeafCertificates leaves = leaves(provider, 10);
                GatedServer server = new GatedServer(Host.parse("api.example.com"), leaves)) {
            List<String> first = exchange(client, server.port(), "api.example.com", version);
            List<String> second = exchange(client, server.port(), "API.example.com", version);
            assertThat(first.getLast()).startsWith("HTTP/1.1 200 OK").endsWith("ok");
            assertThat(second.getFirst()).isEqualTo(first.getFirst());
            assertThat(server.handshakes())
                    .containsExactly(version + " http/1.1", version + " http/1.1");
            assertThat(server.causes()).isEmpty();
            assertThat(leaves.size()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(TlsProvider.class)
    void jdkClientSeesTheAlert(TlsProvider provider) throws Exception {
        SSLContext client = TlsFixtures.clientTrusting(authority.certificate());
        try (LeafCertificates leaves = leaves(provider, 10);
                GatedServer server = new GatedServer(Host.parse("api.example.com"), leaves)) {
            assertThatThrownBy(() -> exchange(client, server.port(), "evil.example", "TLSv1.3"))
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("unrecognized_name");
            await().until(() -> !server.causes().isEmpty());
            assertThat(server.causes())
                    .singleElement()
                    .isInstanceOfSatisfying(
                            RefusedException.class,
                            refused ->
                                    assertThat(refused.refusal().code())
                                            .isEqualTo(ErrorCode.SNI_MISMATCH));
            assertThat(leaves.size()).isZero();
        }
    }

    /** The session of one host, offered for another one on the same address and port. */
    @ParameterizedTest
    @CsvSource({"NATIVE, TLSv1.3", "NATIVE, TLSv1.2", "JDK, TLSv1.3", "JDK, TLSv1.2"})
    void sessionNeverResumesForAnotherHost(TlsProvider provider, String version) throws Exception {
        try (LeafCertificates leaves = leaves(provider, 10)) {
            SslContext client =
                    SslContextBuilder.forClient()
                            .sslProvider(SslProvider.JDK)
                            .trustManager(authority.certificate())
                            .protocols(version)
                            .endpointIdentificationAlgorithm("")
                            .build();
            // The client names one peer, so that its cache offers what it has; the server differs.
            String first = handshake(client, leaves, "a.example");
            String second = handshake(client, leaves, "b.example");
            assertThat(first).isEqualTo("CN=a.example");
            assertThat(second).isEqualTo("CN=b.example");
        }
    }

    /** Client and server engine in memory; the name in the certificate that the session has. */
    private static String handshake(SslContext client, LeafCertificates leaves, String host)
            throws Exception {
        EmbeddedChannel near =
                new EmbeddedChannel(client.newHandler(ByteBufAllocator.DEFAULT, "peer", 443));
        EmbeddedChannel far =
                new EmbeddedChannel(
                        leaves.newHandler(Host.parse(host), UnpooledByteBufAllocator.DEFAULT));
        try {
            SslHandler handler = near.pipeline().get(SslHandler.class);
            for (int flights = 0; flights < 12; flights++) {
                move(near, far);
                move(far, near);
            }
            assertThat(handler.handshakeFuture().isSuccess()).isTrue();
            X509Certificate leaf =
                    (X509Certificate) handler.engine().getSession().getPeerCertificates()[0];
            return leaf.getSubjectX500Principal().getName();
        } finally {
            near.finishAndReleaseAll();
            far.finishAndReleaseAll();
        }
    }

    private static void move(EmbeddedChannel from, EmbeddedChannel to) {
        from.runPendingTasks();
        for (Object part = from.readOutbound(); part != null; part = from.readOutbound()) {
            to.writeInbound(part);
        }
        to.runPendingTasks();
    }

    @Test
    void entriesAreRenewedAfterOneDay() throws Exception {
        AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
        try (LeafCertificates leaves = new LeafCertificates(authority, TlsProvider.JDK, now::get)) {
            assertThat(leaves.size()).isZero();
            Host host = Host.parse("a.example");
            release(leaves.newHandler(host, ByteBufAllocator.DEFAULT));
            now.set(now.get().plus(Duration.ofHours(23)));
            assertThat(leaves.size()).isEqualTo(1);
            now.set(now.get().plus(Duration.ofHours(2)));
            assertThat(leaves.size()).isZero();
        }
    }

    @Test
    void droppedContextIsFreedWhenItsLastHandlerGoes() {
        LeafCertificates leaves = leaves(TlsProvider.NATIVE, 10);
        SslHandler handler = leaves.newHandler(Host.parse("a.example"), ByteBufAllocator.DEFAULT);
        ReferenceCounted engine = (ReferenceCounted) handler.engine();
        leaves.close();
        assertThat(leaves.size()).isZero();
        assertThat(engine.refCnt()).isEqualTo(1);
        release(handler);
        assertThat(engine.refCnt()).isZero();
    }

    @Test
    void contextCountsItsUsers() throws Exception {
        SslContext context =
                SslContextBuilder.forClient().sslProvider(TlsProvider.NATIVE.sslProvider()).build();
        ReferenceCountedOpenSslContext counted = (ReferenceCountedOpenSslContext) context;
        LeafContext leaf = LeafContext.acquired(context, 0);
        assertThat(leaf.acquire()).isTrue();
        leaf.close();
        leaf.close();
        assertThat(leaf.acquire()).isFalse();
        leaf.release();
        assertThat(counted.refCnt()).isEqualTo(1);
        leaf.release();
        assertThat(counted.refCnt()).isZero();
    }

    @ParameterizedTest
    @EnumSource(TlsProvider.class)
    void evictionUnderLoadFreesNothingInUse(TlsProvider provider) throws Exception {
        int threads = 4;
        try (LeafCertificates leaves = leaves(provider, 2);
                var workers = Executors.newFixedThreadPool(threads)) {
            List<Callable<Integer>> work = new ArrayList<>();
            for (int worker = 0; worker < threads; worker++) {
                Random random = new Random(worker);
                work.add(
                        () -> {
                            int made = 0;
                            for (int i = 0; i < 150; i++) {
                                Host host = Host.parse("h" + random.nextInt(5) + ".example");
                                SslHandler handler =
                                        leaves.newHandler(host, ByteBufAllocator.DEFAULT);
                                if (handler.engine() instanceof ReferenceCounted engine) {
                                    assertThat(engine.refCnt()).isEqualTo(1);
                                }
                                release(handler);
                                made++;
                            }
                            return made;
                        });
            }
            for (Future<Integer> result : workers.invokeAll(work)) {
                assertThat(result.get()).isEqualTo(150);
            }
            assertThat(leaves.size()).isLessThanOrEqualTo(2);
        }
    }

    /** Into a pipeline and out of it: that is what frees a handler. */
    private static void release(SslHandler handler) {
        new EmbeddedChannel(handler).finishAndReleaseAll();
    }

    @Test
    void keyManagerKnowsOneAliasForEcAlone() {
        var keys = authority.newLeafKeys();
        X509Certificate leaf = authority.issueLeaf(Host.parse("a.example"), keys.getPublic());
        LeafKeyManager manager = new LeafKeyManager(keys.getPrivate(), List.of(leaf));

        assertThat(manager.chooseServerAlias("EC", null, null)).isEqualTo("leaf");
        assertThat(manager.chooseServerAlias("RSA", null, null)).isNull();
        assertThat(manager.getServerAliases("EC_EC", null)).containsExactly("leaf");
        assertThat(manager.getServerAliases("EC_RSA", null)).isNull();
        assertThat(manager.getClientAliases("EC", null)).isNull();
        assertThat(manager.chooseClientAlias(new String[] {"EC"}, null, null)).isNull();
        assertThat(manager.getCertificateChain("leaf")).containsExactly(leaf);
        assertThat(manager.getCertificateChain("other")).isNull();
        assertThat(manager.getPrivateKey("leaf")).isEqualTo(keys.getPrivate());
        assertThat(manager.getPrivateKey("other")).isNull();
        assertThat(new LeafKeyManagerFactory(manager).getKeyManagers()).containsExactly(manager);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1})
    void boundMustBePositive(int entries) {
        assertThatThrownBy(() -> leaves(TlsProvider.JDK, entries))
                .hasMessage("leaf certificate entries: " + entries + " (expected: > 0)");
    }

    @Test
    void protocolsMustBeThere() {
        assertThatThrownBy(
                        () ->
                                new LeafCertificates(
                                        authority,
                                        TlsProvider.JDK,
                                        InstantSource.system(),
                                        1,
                                        List.of()))
                .hasMessage("ALPN protocols: none (expected: at least one)");
    }
}
