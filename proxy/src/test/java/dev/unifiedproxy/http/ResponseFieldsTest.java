package dev.unifiedproxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseFieldsTest {
    @ParameterizedTest
    @ValueSource(strings = {"Alt-Svc", "alt-svc", "ALT-SVC", "Alt-Used", "Connection", "X-Named"})
    void endsHere(String name) {
        Headers fields = ResponseFields.passedOn(received(name));
        assertThat(fields.contains(name)).isFalse();
        assertThat(fields.first("x")).contains("kept");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Alt-Svcs", "Alt-Sv", "Alt-User", "X-Alt-Svc", "Server", "Age-Svc"})
    void nearMissPasses(String name) {
        assertThat(ResponseFields.passedOn(received(name)).contains(name)).isTrue();
    }

    private static Headers received(String name) {
        Headers.Builder fields = new Headers.Builder(4);
        fields.add("Connection", "X-Named");
        fields.add(name, "h3=\":443\"; ma=86400");
        fields.add("X", "kept");
        return fields.build();
    }
}
