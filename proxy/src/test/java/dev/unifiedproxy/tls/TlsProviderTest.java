package dev.unifiedproxy.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;

import org.junit.jupiter.api.Test;

final class TlsProviderTest {
    @Test
    void nativeIsTakenWhereItLoads() {
        TlsProvider expected = OpenSsl.isAvailable() ? TlsProvider.NATIVE : TlsProvider.JDK;
        assertThat(TlsProvider.choose("auto")).isEqualTo(expected);
        assertThat(TlsProvider.choose("JDK")).isEqualTo(TlsProvider.JDK);
    }

    @Test
    void nativeLoadsInThisBuildAndIsBoringSsl() {
        assertThat(TlsProvider.choose("native")).isEqualTo(TlsProvider.NATIVE);
        assertThat(TlsProvider.NATIVE.describe()).isEqualTo("native (BoringSSL)");
        assertThat(TlsProvider.NATIVE.sslProvider()).isEqualTo(SslProvider.OPENSSL_REFCNT);
        assertThat(TlsProvider.JDK.describe()).startsWith("jdk (25");
        assertThat(TlsProvider.JDK.sslProvider()).isEqualTo(SslProvider.JDK);
    }

    @Test
    void otherSettingIsRefused() {
        assertThatThrownBy(() -> TlsProvider.choose("openssl"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tls_provider: openssl (expected: auto, native or jdk)");
    }
}
