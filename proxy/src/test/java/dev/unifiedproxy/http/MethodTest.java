package dev.unifiedproxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The methods that pass. */
final class MethodTest {
    @ParameterizedTest
    @EnumSource
    void exactNameIsTheMethod(Method method) {
        assertThat(Method.of(method.name())).contains(method);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "post",
                "Post",
                "GET ",
                " GET",
                "",
                "TRACE",
                "PROPFIND",
                "PRI",
                "BREW",
                "GETT",
                "GE",
                "GET\r\n",
                "G\u0395T",
                "DELETE\u0000",
            })
    void nothingElseIs(String name) {
        assertThat(Method.of(name)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void onlyReadingIsSafe(Method method) {
        boolean reads = method == Method.GET || method == Method.HEAD || method == Method.OPTIONS;
        assertThat(method.isSafe()).isEqualTo(reads);
    }
}
