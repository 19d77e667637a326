package dev.unifiedproxy.tls;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import dev.unifiedproxy.host.Host;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSslCachingX509KeyManagerFactory;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * The server side of interception: TLS handlers that show a leaf for exactly one host.
 *
 * <p>Contexts are kept per host, at most as many as configured and each for a day. They share one
 * key pair that lives as long as the process and is never written. No session goes from one host to
 * another: a ticket is sealed with a key of its own context, and ends with it.
 *
 * <p>When the authority takes a step of a rotation, every leaf is made anew at its next use.
 *
 * <p>A missing leaf is made on the calling event loop: about a millisecond of CPU, once per host
 * and day.
 */
public final class LeafCertificates implements AutoCloseable {
    /** How many hosts are kept unless configured otherwise. */
    public static final int DEFAULT_MAX_ENTRIES = 1024;

    private static final Duration ENTRY_LIFETIME = Duration.ofHours(24);
    private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(10);

    /** Nothing but authenticated encryption with forward secrecy. */
    private static final List<String> CIPHERS =
            List.of(
                    "TLS_AES_128_GCM_SHA256",
                    "TLS_AES_256_GCM_SHA384",
                    "TLS_CHACHA20_POLY1305_SHA256",
                    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256");

    private final InterceptionAuthority authority;
    private final TlsProvider provider;
    private final List<String> protocols;
    private final KeyPair keys;
    private final TrustManagerFactory clientTrust;
    private final Cache<Host, LeafContext> contexts;

    /** The usual set: 1024 hosts, HTTP/2 before HTTP/1.1. */
    public LeafCertificates(
            InterceptionAuthority authority, TlsProvider provider, InstantSource clock) {
        this(authority, provider, clock, DEFAULT_MAX_ENTRIES, List.of("h2", "http/1.1"));
    }

    /**
     * A set without entries.
     *
     * @param maxEntries how many hosts are kept, at least 1
     * @param protocols the ALPN names that are offered, most wanted first, at least one
     */
    public LeafCertificates(
            InterceptionAuthority authority,
            TlsProvider provider,
            InstantSource clock,
            int maxEntries,
            List<String> protocols) {
        if (maxEntries < 1) {
            throw new IllegalArgumentException(
                    "leaf certificate entries: " + maxEntries + " (expected: > 0)");
        }
        if (protocols.isEmpty()) {
            throw new IllegalArgumentException("ALPN protocols: none (expected: at least one)");
        }
        this.authority = authority;
        this.provider = provider;
        this.protocols = List.copyOf(protocols);
        this.keys = authority.newLeafKeys();
        this.clientTrust = onlyTrusting(authority.certificate());
        this.contexts =
                Caffeine.newBuilder()
                        .maximumSize(maxEntries)
                        .expireAfterWrite(ENTRY_LIFETIME)
                        .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
                        // On the calling thread, so that a removed context is released at once.
                        .executor(Runnable::run)
                        .<Host, LeafContext>removalListener(
                                (host, context, cause) -> release(context))
                        .build();
    }

    /**
     * Clients show no certificates, so nothing is ever asked of it; but without one each native
     * context would read the JDK's whole trust store, twenty times the cost of the leaf.
     */
    private static TrustManagerFactory onlyTrusting(X509Certificate certificate) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setCertificateEntry("ca", certificate);
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            return factory;
        } catch (GeneralSecurityException | IOException e) {
            throw new AuthorityException("Trust in the CA cannot be set up", e);
        }
    }

    private static void release(@Nullable LeafContext context) {
        if (context != null) {
            context.close();
        }
    }

    /**
     * A server handler that shows the leaf of this host.
     *
     * <p>It holds native memory until it is removed from a pipeline, so it must be added to one.
     *
     * @throws AuthorityException when no leaf can be made
     */
    public SslHandler newHandler(Host host, ByteBufAllocator allocator) {
        int generation = authority.generation();
        LeafContext context = contexts.getIfPresent(host);
        if (context == null || context.generation() != generation || !context.acquire()) {
            // Held before it is visible: an eviction right after the put cannot free it under us.
            context = LeafContext.acquired(newContext(host), generation);
            contexts.put(host, context);
        }
        try {
            SslHandler handler = context.newHandler(allocator);
            handler.setHandshakeTimeoutMillis(HANDSHAKE_TIMEOUT.toMillis());
            return handler;
        } finally {
            context.release();
        }
    }

    private SslContext newContext(Host host) {
        LeafKeyManager manager =
                new LeafKeyManager(keys.getPrivate(), authority.issueChain(host, keys.getPublic()));
        LeafKeyManagerFactory factory = new LeafKeyManagerFactory(manager);
        SslContextBuilder builder =
                switch (provider) {
                    // Keeps the parsed key, where the plain factory parses it per handshake.
                    case NATIVE ->
                            SslContextBuilder.forServer(
                                    new OpenSslCachingX509KeyManagerFactory(factory));
                    case JDK -> SslContextBuilder.forServer(factory);
                };
        try {
            SslContext context =
                    builder.sslProvider(provider.sslProvider())
                            .trustManager(clientTrust)
                            .clientAuth(ClientAuth.NONE)
                            .protocols("TLSv1.3", "TLSv1.2")
                            .ciphers(CIPHERS)
                            .applicationProtocolConfig(
                                    new ApplicationProtocolConfig(
                                            Protocol.ALPN,
                                            SelectorFailureBehavior.NO_ADVERTISE,
                                            SelectedListenerFailureBehavior.ACCEPT,
                                            protocols))
                            .build();
            limitSessions(context.sessionContext());
            return context;
        } catch (SSLException e) {
            throw new AuthorityException("TLS context for " + host + " cannot be made", e);
        }
    }

    /** Clients keep the sessions, in tickets; what a context would keep by itself stays small. */
    private static void limitSessions(SSLSessionContext sessions) {
        if (sessions instanceof OpenSslSessionContext own) {
            own.setSessionCacheEnabled(false);
        } else {
            sessions.setSessionCacheSize(16);
        }
    }

    /** How many hosts are kept at the moment. */
    public long size() {
        contexts.cleanUp();
        return contexts.estimatedSize();
    }

    /** Forgets every leaf; handlers in use keep theirs. */
    @Override
    public void close() {
        contexts.invalidateAll();
        contexts.cleanUp();
    }
}
