package dev.unifiedproxy.error;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;

/** The stable names of every refusal. */
final class ErrorCodeTest {
    /** IANA's "HTTP Proxy Error Types" as of RFC 9209 section 2.3. */
    private static final Set<String> PROXY_ERROR_TYPES =
            Set.of(
                    "dns_timeout",
                    "dns_error",
                    "destination_not_found",
                    "destination_unavailable",
                    "destination_ip_prohibited",
                    "destination_ip_unroutable",
                    "connection_refused",
                    "connection_terminated",
                    "connection_timeout",
                    "connection_read_timeout",
                    "connection_write_timeout",
                    "connection_limit_reached",
                    "tls_protocol_error",
                    "tls_certificate_error",
                    "tls_alert_received",
                    "http_request_error",
                    "http_request_denied",
                    "http_response_incomplete",
                    "http_response_timeout",
                    "http_upgrade_failed",
                    "http_protocol_error",
                    "proxy_internal_response",
                    "proxy_internal_error",
                    "proxy_configuration_error",
                    "proxy_loop_detected");

    @ParameterizedTest
    @EnumSource
    void proxyStatusIsARegisteredType(ErrorCode code) {
        assertThat(PROXY_ERROR_TYPES).contains(code.proxyStatus());
    }

    @ParameterizedTest
    @EnumSource
    void idNamesTheCode(ErrorCode code) {
        assertThat(code.id())
                .matches("(http|tls|identity|policy|github|credential|upstream|proxy)\\.[a-z_]+");
        assertThat(code.title()).isNotBlank().isEqualTo(code.title().strip());
    }

    @Test
    void idsAreUnique() {
        assertThat(Arrays.stream(ErrorCode.values()).map(ErrorCode::id)).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource
    void statusFitsTheSource(ErrorCode code) {
        int family = code.status() / 100;
        switch (code.source()) {
            case DOWNSTREAM ->
                    assertThat(family == 4 || code.status() == 501 || code.status() == 505)
                            .isTrue();
            case IDENTITY -> assertThat(code.status()).isEqualTo(403);
            case POLICY -> assertThat(code.status()).isIn(403, 413, 429);
            case CREDENTIAL -> assertThat(family).isIn(4, 5);
            case UPSTREAM ->
                    assertThat(family == 5 || code == ErrorCode.ADDRESS_FORBIDDEN).isTrue();
            case INTERNAL -> assertThat(family).isEqualTo(5);
        }
        String prefix = code.id().substring(0, code.id().indexOf('.'));
        String source = code.source().name().toLowerCase(Locale.ROOT);
        assertThat(prefix)
                .isIn(
                        switch (code.source()) {
                            case DOWNSTREAM -> Set.of("http", "tls");
                            case INTERNAL -> Set.of("proxy");
                            case POLICY -> Set.of(source, "github");
                            case IDENTITY, CREDENTIAL, UPSTREAM -> Set.of(source);
                        });
    }

    @Test
    void identityRefusalsLookAlike() {
        assertThat(
                        Arrays.stream(ErrorCode.values())
                                .filter(code -> code.source() == ErrorCode.Source.IDENTITY)
                                .map(code -> code.status() + code.title() + code.proxyStatus())
                                .distinct())
                .hasSize(1);
    }
}
