package dev.unifiedproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The schema for editors and the parser judge alike. */
class PolicySchemaTest {
    private static final Path SCHEMA = Path.of("../docs/policy.schema.json");

    private static boolean bySchema(String yaml) throws IOException {
        Schema schema =
                SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                        .getSchema(Files.readString(SCHEMA), InputFormat.JSON);
        Object value = new Load(LoadSettings.builder().build()).loadFromString(yaml);
        String json = JsonMapper.builder().build().writeValueAsString(value);
        return schema.validate(json, InputFormat.JSON).isEmpty();
    }

    private static boolean byParser(String yaml) {
        try {
            return PolicyYamlParser.parse("f.yaml", yaml.getBytes(StandardCharsets.UTF_8)) != null;
        } catch (ConfigurationException e) {
            return false;
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{version: 1}",
                "{version: 1, mode: observe, rules: [RULE], groups: {}, containers: {a: {}}}",
                "{version: 1, groups: {team: {mode: enforce, rules: [RULE]}}}",
                "{version: 1, containers: {'a.b:c_1-x': {rules: [RULE]}}}",
                "{version: 1, rules: [{name: a, action: allow, hosts: ['*.b.example:1,65535']}]}",
                "{version: 1, rules: [{name: a, action: allow, hosts: ['[::1]:443', 'fd00::5']}]}",
                "{version: 1, rules: [{name: a, action: allow, hosts: [10.0.0.1]}]}",
                "{version: 1, rules: [{name: a, action: allow, hosts: [b], idle_timeout_seconds:"
                        + " 1}]}",
                "{version: 1, rules: [{name: a.b_c-1, action: deny, reason: why, priority: 0}]}",
                "{version: 1, rules: [{name: a, action: deny, methods: [GET, OPTIONS], paths:"
                        + " [/]}]}",
                "{version: 1, rules: [{name: a, action: deny, query: {q: '*'}, headers: {X-A:"
                        + " b}}]}",
                "{version: 1, rules: [{name: a, action: deny, content_types: [a/b, c/*,"
                        + " d/e+json]}]}",
                "{version: 1, rules: [{name: a, action: rate_limit, rate: {requests: 1,"
                        + " per_seconds: 86400}}]}",
                "{version: 1, rules: [{name: a, action: inspect, body: {max_bytes: 8388608}}]}",
                "{version: 1, rules: [{name: a, action: inspect, body: {content_types: [a/b]}}]}",
                "{version: 1, rules: [{name: a, action: inspect, body: {json: [{field: /a/*/b~1c,"
                        + " none_of: [x]}, {field: /d, required: false, one_of: [y]}, {field: /e,"
                        + " required: true}]}}]}"
            })
    void bothAccept(String yaml) throws IOException {
        String text = yaml.replace("RULE", "{name: r, action: deny, hosts: [x.example]}");
        assertThat(byParser(text)).as("parser").isTrue();
        assertThat(bySchema(text)).as("schema").isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "{version: 2}",
                "{version: 1, mode: of}",
                "{version: 1, rules: []}",
                "{version: 1, rule: [RULE]}",
                "{version: 1, rules: {a: RULE}}",
                "{version: 1, groups: [RULE]}",
                "{version: 1, groups: {'a b': {}}}",
                "{version: 1, groups: {a: {hosts: [b]}}}",
                "{version: 1, rules: [{action: deny}]}",
                "{version: 1, rules: [{name: a}]}",
                "{version: 1, rules: [{name: A, action: deny}]}",
                "{version: 1, rules: [{name: a, action: block}]}",
                "{version: 1, rules: [{name: a, action: allow}]}",
                "{version: 1, rules: [{name: a, action: allow, hosts: []}]}",
                "{version: 1, rules: [{name: a, action: allow, hosts: ['https://b']}]}",
                "{version: 1, rules: [{name: a, action: allow, hosts: ['!b']}]}",
                "{version: 1, rules: [{name: a, action: allow, hosts: ['b:0']}]}",
                "{version: 1, rules: [{name: a, action: allow, hosts: ['a.*.b']}]}",
                "{version: 1, rules: [{name: a, action: allow, hosts: [b], reason: c}]}",
                "{version: 1, rules: [{name: a, action: deny, idle_timeout_seconds: 1}]}",
                "{version: 1, rules: [{name: a, action: deny, priority: 101}]}",
                "{version: 1, rules: [{name: a, action: deny, priority: -1}]}",
                "{version: 1, rules: [{name: a, action: deny, priority: high}]}",
                "{version: 1, rules: [{name: a, action: deny, methods: [CONNECT]}]}",
                "{version: 1, rules: [{name: a, action: deny, methods: [get]}]}",
                "{version: 1, rules: [{name: a, action: deny, paths: [a]}]}",
                "{version: 1, rules: [{name: a, action: deny, query: {}}]}",
                "{version: 1, rules: [{name: a, action: deny, headers: {'a b': c}}]}",
                "{version: 1, rules: [{name: a, action: deny, headers: {a: [c]}}]}",
                "{version: 1, rules: [{name: a, action: deny, content_types: [json]}]}",
                "{version: 1, rules: [{name: a, action: deny, rate: {requests: 1, per_seconds:"
                        + " 1}}]}",
                "{version: 1, rules: [{name: a, action: rate_limit}]}",
                "{version: 1, rules: [{name: a, action: rate_limit, rate: {requests: 1}}]}",
                "{version: 1, rules: [{name: a, action: inspect}]}",
                "{version: 1, rules: [{name: a, action: inspect, body: {}}]}",
                "{version: 1, rules: [{name: a, action: inspect, body: {max_bytes: 8388609}}]}",
                "{version: 1, rules: [{name: a, action: inspect, body: {json: [{field: /a}]}}]}",
                "{version: 1, rules: [{name: a, action: inspect, body: {json: [{field: a,"
                        + " required: true}]}}]}",
                "{version: 1, rules: [{name: a, action: inspect, body: {json: [{field: /a~2,"
                        + " required: true}]}}]}"
            })
    void bothRefuse(String yaml) throws IOException {
        String text = yaml.replace("RULE", "{name: r, action: deny, hosts: [x.example]}");
        assertThat(byParser(text)).as("parser").isFalse();
        assertThat(bySchema(text)).as("schema").isFalse();
    }
}
