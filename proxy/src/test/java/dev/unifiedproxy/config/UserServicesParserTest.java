package dev.unifiedproxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.unifiedproxy.http.Method;
import dev.unifiedproxy.policy.AllowRule;
import dev.unifiedproxy.policy.Allowlist;
import dev.unifiedproxy.policy.EndpointRule;
import dev.unifiedproxy.policy.PathGlob;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;

class UserServicesParserTest {
    private static final String REST = "env_var: KEY, header: X-Key, format: value";

    private static Allowlist parse(String text) {
        return UserServicesParser.parse(
                "/etc/proxy/user-services.yaml", text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aServiceAllowsItsHostItsMethodsAndItsPaths() {
        Allowlist allowlist =
                parse(
                        """
                        version: 1
                        services:
                          - name: Search
                            env_var: SEARCH_KEY
                            domain: api.search.example
                            header: Authorization
                            format: bearer
                            methods: [GET]
                            paths: [/v1/*]
                          - {name: Any, domain: any.example, env_var: KEY, header: X-Key, format: value}
                        """);

        assertThat(allowlist.rules().stream().map(AllowRule::text))
                .containsExactly("api.search.example", "any.example");
        assertThat(allowlist.rules().getFirst().place()).isEqualTo("user-services.yaml:3");
        EndpointRule search = allowlist.endpoints().getFirst();
        assertThat(search.methods()).containsExactly(Method.GET);
        assertThat(search.paths()).containsExactly(PathGlob.parse("/v1/*"));
        EndpointRule any = allowlist.endpoints().getLast();
        assertThat(any.methods()).hasSize(7).doesNotContain(Method.CONNECT);
        assertThat(any.paths()).containsExactly(PathGlob.parse("/**"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {name: a, domain: '*.a.example', REST}               | services[0].domain: '*.a.example': expected: one host name
                    {name: a, domain: 10.0.0.1, REST}                    | expected: one host name
                    {name: a, domain: 'a.example:1', REST}               | without '!' and port
                    {name: a, REST}                                      | has no 'domain'
                    {name: a, domain: a.example, env_var: key, header: X-Key, format: value} | services[0].env_var: 'key'
                    {name: a, domain: a.example, env_var: KEY, header: 'X Key', format: value} | services[0].header: 'X Key'
                    {name: a, domain: a.example, env_var: KEY, header: X-Key, format: basic} | (expected: one of bearer, value)
                    {name: a, domain: a.example, methods: [CONNECT], REST} | services[0].methods[0]: 'CONNECT'
                    {name: a, domain: a.example, paths: [x], REST}       | services[0].paths[0]: 'x'
                    {name: a, domain: a.example, REST}, {name: b, domain: A.example, REST} | is that of another service, on line 1
                    """)
    void whatAServiceMayNotSay(String services, String expected) {
        String text = "{version: 1, services: [" + services.replace("REST", REST) + "]}";
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> parse(text))
                .withMessageContaining(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock = "'' | is empty\n{version: 2, services: []} | version: '2'")
    void whatAFileMayNotSay(String text, String expected) {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> parse(text))
                .withMessageContaining(expected);
    }
}
