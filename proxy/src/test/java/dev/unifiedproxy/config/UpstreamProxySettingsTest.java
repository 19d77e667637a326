package dev.unifiedproxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.unifiedproxy.host.HostPattern;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.upstream.UpstreamProxy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** {@link UpstreamProxySettings} as {@link Settings} have them. */
final class UpstreamProxySettingsTest {
    private static final String PROXY = "PROXY_UPSTREAM_PROXY";
    private static final String LOGIN_FILE = "PROXY_UPSTREAM_PROXY_AUTH_FILE";
    private static final String NO_PROXY = "PROXY_UPSTREAM_NO_PROXY";

    @TempDir private Path directory;

    private static Settings load(Map<String, String> environment) {
        return Settings.load(environment, Map.of(), Path.of("/home/dev"), path -> true);
    }

    private static UpstreamProxy proxy(Map<String, String> environment) {
        return load(environment).upstream().proxy().orElseThrow();
    }

    private static String login(UpstreamProxy proxy) {
        return proxy.login()
                .flatMap(login -> login.with(Headers.empty()).first("proxy-authorization"))
                .orElse("");
    }

    private static String problems(Map<String, String> environment) {
        return catchThrowableOfType(ConfigurationException.class, () -> load(environment))
                .getMessage();
    }

    @Test
    void addressLoginAndExemptNames() {
        Map<String, String> environment =
                Map.of(
                        PROXY,
                        "http://me:p%40s%3As@Proxy.Corp:3128/",
                        NO_PROXY,
                        "a.b,*.corp.example");
        UpstreamProxy proxy = proxy(environment);
        assertThat(proxy.authority()).hasToString("proxy.corp:3128");
        assertThat(login(proxy)).isEqualTo("Basic bWU6cEBzOnM=");
        assertThat(proxy.exempt())
                .containsExactly(HostPattern.parse("a.b"), HostPattern.parse("*.corp.example"));
        assertThat(load(environment).toString()).doesNotContain("p@s", "p%40s");
    }

    @Test
    void withoutLogin() {
        UpstreamProxy proxy = proxy(Map.of(PROXY, "http://[fd00::1]:8080"));
        assertThat(proxy.authority()).hasToString("[fd00::1]:8080");
        assertThat(proxy.login()).isEmpty();
        assertThat(load(Map.of(NO_PROXY, "a.b")).upstream().proxy()).isEmpty();
    }

    @Test
    void loginOfAFile() throws IOException {
        Path file = Files.writeString(directory.resolve("login"), "me:secret\n");
        Map<String, String> environment =
                Map.of(PROXY, "http://p.corp:3128", LOGIN_FILE, file.toString());
        assertThat(login(proxy(environment))).isEqualTo("Basic bWU6c2VjcmV0");
        Map<String, String> both =
                Map.of(PROXY, "http://me:hidden@p.corp:3128", LOGIN_FILE, file.toString());
        assertThat(problems(both)).contains("one login, not two").doesNotContain("hidden");
        Files.writeString(file, "secret");
        assertThat(problems(environment)).contains("name:password").doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://me:secret@p.corp:3128",
                "http://me:secret@p.corp",
                "http://me:secret@p.corp:3128/path",
                "http://me:secret@p.corp:3128?q",
                "http://me:se cret@p.corp:3128",
                "http://me:secret@p_.corp:3128",
                "http://secret@p.corp:3128",
                "socks5://me:secret@@p.corp:1080",
                "p.corp:3128"
            })
    void isRefusedWithoutShowingAPassword(String text) {
        assertThat(problems(Map.of(PROXY, text)))
                .contains("http://[name:password@]host:port")
                .doesNotContain("secret", "se cret");
    }

    @Test
    void exemptNamesAreChecked() {
        assertThat(problems(Map.of(PROXY, "http://p.corp:3128", NO_PROXY, "a.*")))
                .contains(NO_PROXY)
                .contains("*.names");
    }
}
