package dev.unifiedproxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.unifiedproxy.host.Hostname;
import dev.unifiedproxy.host.PinnedAddress;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

class HostsFileTest {
    private static Map<Hostname, List<PinnedAddress>> parse(String content) {
        return HostsFile.parse("/etc/hosts.test", content.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void readsNamesAndAliases() {
        assertThat(
                        parse(
                                """
                                # comment
                                127.0.0.1\tGitHub.com api.github.com # tests
                                ::1 github.com
                                127.0.0.1 github.com
                                  10.0.0.1   a.example.\r
                                """))
                .isEqualTo(
                        Map.of(
                                Hostname.parse("github.com"),
                                List.of(
                                        PinnedAddress.parse("127.0.0.1"),
                                        PinnedAddress.parse("::1")),
                                Hostname.parse("api.github.com"),
                                List.of(PinnedAddress.parse("127.0.0.1")),
                                Hostname.parse("a.example"),
                                List.of(PinnedAddress.parse("10.0.0.1"))));
        assertThat(parse("\n#x\n")).isEmpty();
    }

    @Test
    void reportsEveryLine() {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> parse("127.1 a.example\n  10.0.0.1\n10.0.0.1 a..b\n"))
                .satisfies(
                        e ->
                                assertThat(e.getMessage().lines())
                                        .satisfiesExactly(
                                                line ->
                                                        assertThat(line)
                                                                .startsWith(
                                                                        "/etc/hosts.test:1:1:"
                                                                            + " '127.1' is not an"
                                                                            + " IP address"),
                                                line ->
                                                        assertThat(line)
                                                                .isEqualTo(
                                                                        "/etc/hosts.test:2:3:"
                                                                            + " '10.0.0.1' has no"
                                                                            + " name (expected:"
                                                                            + " address name…)"),
                                                line ->
                                                        assertThat(line)
                                                                .startsWith(
                                                                        "/etc/hosts.test:3:1: Host"
                                                                                + " name 'a..b'")));
    }
}
