package dev.unifiedproxy.upstream;

import dev.unifiedproxy.credential.ClientCertificate;
import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.host.Host;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import javax.net.ssl.TrustManagerFactory;

/** How servers are verified: against given roots, and for the very name of the authority. */
public final class UpstreamTls implements AutoCloseable {
    /** The server chooses; one without ALPN gets HTTP/1.1 (RFC 7301 section 3.2). */
    private static final ApplicationProtocolConfig HTTP_2_OR_1 =
            new ApplicationProtocolConfig(
                    ApplicationProtocolConfig.Protocol.ALPN,
                    ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                    ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                    ApplicationProtocolNames.HTTP_2,
                    ApplicationProtocolNames.HTTP_1_1);

    /** A WebSocket begins with HTTP/1.1: not every server that speaks HTTP/2 knows RFC 8441. */
    private static final ApplicationProtocolConfig HTTP_1 =
            new ApplicationProtocolConfig(
                    ApplicationProtocolConfig.Protocol.ALPN,
                    ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                    ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                    ApplicationProtocolNames.HTTP_1_1);

    private final Contexts anonymous;
    private final Map<Host, Contexts> identified;

    /** By what may be spoken behind the handshake. */
    private record Contexts(SslContext any, SslContext http1) {
        void release() {
            ReferenceCountUtil.release(any);
            ReferenceCountUtil.release(http1);
        }
    }

    private UpstreamTls(Contexts anonymous, Map<Host, Contexts> identified) {
        this.anonymous = anonymous;
        this.identified = identified;
    }

    /**
     * TLS that trusts exactly these roots, 1.2 and 1.3; HTTP/2 is offered before HTTP/1.1, and only
     * HTTP/1.1 where a WebSocket is to follow.
     *
     * @param roots the trusted authorities; none means that no server is trusted
     * @param certificates what is shown to these hosts, should they ask
     * @throws GeneralSecurityException when a root is not usable
     * @throws IOException when the TLS implementation refuses the configuration
     */
    public static UpstreamTls trusting(
            SslProvider provider,
            List<X509Certificate> roots,
            Map<Host, ClientCertificate> certificates)
            throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (int i = 0; i < roots.size(); i++) {
            store.setCertificateEntry("root-" + i, roots.get(i));
        }
        if (roots.isEmpty()) {
            throw new GeneralSecurityException(
                    "There is no trusted root certificate for upstream servers");
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(store);
        Map<Host, Contexts> identified = new HashMap<>();
        for (Map.Entry<Host, ClientCertificate> entry : certificates.entrySet()) {
            identified.put(
                    entry.getKey(), contexts(provider, trust, Optional.of(entry.getValue())));
        }
        return new UpstreamTls(contexts(provider, trust, Optional.empty()), Map.copyOf(identified));
    }

    private static Contexts contexts(
            SslProvider provider,
            TrustManagerFactory trust,
            Optional<ClientCertificate> certificate)
            throws IOException {
        return new Contexts(
                context(provider, trust, certificate, HTTP_2_OR_1),
                context(provider, trust, certificate, HTTP_1));
    }

    private static SslContext context(
            SslProvider provider,
            TrustManagerFactory trust,
            Optional<ClientCertificate> certificate,
            ApplicationProtocolConfig protocols)
            throws IOException {
        SslContextBuilder builder =
                SslContextBuilder.forClient()
                        .sslProvider(provider)
                        .trustManager(trust)
                        .protocols("TLSv1.3", "TLSv1.2")
                        .endpointIdentificationAlgorithm("HTTPS")
                        .applicationProtocolConfig(protocols);
        certificate.ifPresent(ours -> builder.keyManager(ours.key(), ours.chain()));
        return builder.build();
    }

    /** Gives back what native contexts hold; no connection may be begun any more. */
    @Override
    public void close() {
        anonymous.release();
        identified.values().forEach(Contexts::release);
    }

    /** The client's end of one connection, which verifies that the server is this host. */
    SslHandler newHandler(ByteBufAllocator allocator, Authority authority, boolean webSocket) {
        Contexts contexts = identified.getOrDefault(authority.host(), anonymous);
        SslContext context = webSocket ? contexts.http1() : contexts.any();
        return context.newHandler(allocator, authority.host().text(), authority.port());
    }
}
