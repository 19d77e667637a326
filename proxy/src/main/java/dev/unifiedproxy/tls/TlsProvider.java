package dev.unifiedproxy.tls;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;

import java.util.Locale;

/** The TLS implementation of the process, for sandboxes and upstreams alike. */
public enum TlsProvider {
    /** BoringSSL through JNI; its contexts are reference-counted and must be released. */
    NATIVE,
    /** The JDK's own, which is always there. */
    JDK;

    /** The settings that {@link #choose} takes. */
    private static final String SETTINGS = "auto, native or jdk";

    /**
     * The provider for a setting.
     *
     * @param setting {@code auto} (native where it can be loaded), {@code native} or {@code jdk}
     * @throws IllegalArgumentException for another text, and for {@code native} where it cannot be
     *     loaded
     */
    public static TlsProvider choose(String setting) {
        return switch (setting.toLowerCase(Locale.ROOT)) {
            case "auto" -> OpenSsl.isAvailable() ? NATIVE : JDK;
            case "jdk" -> JDK;
            case "native" -> requireNative();
            default ->
                    throw new IllegalArgumentException(
                            "tls_provider: " + setting + " (expected: " + SETTINGS + ")");
        };
    }

    private static TlsProvider requireNative() {
        if (OpenSsl.isAvailable()) {
            return NATIVE;
        }
        throw new IllegalArgumentException(
                "tls_provider: native cannot be loaded (expected: jdk or auto here)",
                OpenSsl.unavailabilityCause());
    }

    /** Netty's name for it. */
    public SslProvider sslProvider() {
        return switch (this) {
            case NATIVE -> SslProvider.OPENSSL_REFCNT;
            case JDK -> SslProvider.JDK;
        };
    }

    /** The implementation and its version, for the log. */
    public String describe() {
        return switch (this) {
            case NATIVE -> "native (" + OpenSsl.versionString() + ")";
            case JDK -> "jdk (" + Runtime.version() + ")";
        };
    }
}
