package dev.unifiedproxy.upstream;

import dev.unifiedproxy.host.Authority;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;

import javax.net.ssl.TrustManagerFactory;

/** How servers are verified: against given roots, and for the very name of the authority. */
public final class UpstreamTls {
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

    private final SslContext any;
    private final SslContext http1;

    private UpstreamTls(SslContext any, SslContext http1) {
        this.any = any;
        this.http1 = http1;
    }

    /**
     * TLS that trusts exactly these roots, 1.2 and 1.3; HTTP/2 is offered before HTTP/1.1, and only
     * HTTP/1.1 where a WebSocket is to follow.
     *
     * @param roots the trusted authorities; none means that no server is trusted
     * @throws GeneralSecurityException when a root is not usable
     * @throws IOException when the TLS implementation refuses the configuration
     */
    public static UpstreamTls trusting(SslProvider provider, List<X509Certificate> roots)
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
        return new UpstreamTls(
                context(provider, trust, HTTP_2_OR_1), context(provider, trust, HTTP_1));
    }

    private static SslContext context(
            SslProvider provider, TrustManagerFactory trust, ApplicationProtocolConfig protocols)
            throws IOException {
        return SslContextBuilder.forClient()
                .sslProvider(provider)
                .trustManager(trust)
                .protocols("TLSv1.3", "TLSv1.2")
                .endpointIdentificationAlgorithm("HTTPS")
                .applicationProtocolConfig(protocols)
                .build();
    }

    /** The client's end of one connection, which verifies that the server is this host. */
    SslHandler newHandler(ByteBufAllocator allocator, Authority authority, boolean webSocket) {
        SslContext context = webSocket ? http1 : any;
        return context.newHandler(allocator, authority.host().text(), authority.port());
    }
}
