package dev.unifiedproxy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Field lines. */
final class HeadersTest {
    private static final Headers SAMPLE =
            Headers.of(
                    "Host", "a", "Accept", "x", "accept", "y", "Connection", "keep-alive, Close");

    @Test
    void linesKeepTheirOrderAndSpelling() {
        assertThat(SAMPLE.size()).isEqualTo(4);
        assertThat(SAMPLE.name(2)).isEqualTo("accept");
        assertThat(SAMPLE.value(2)).isEqualTo("y");
        assertThat(SAMPLE.first("ACCEPT")).contains("x");
        assertThat(SAMPLE.all("Accept")).containsExactly("x", "y");
        assertThat(SAMPLE.count("aCCept")).isEqualTo(2);
        assertThat(SAMPLE.contains("host")).isTrue();
        assertThat(SAMPLE.first("absent")).isEmpty();
        assertThat(SAMPLE.contains("absent")).isFalse();
        assertThat(SAMPLE.all("absent")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "close,true",
        "CLOSE,true",
        "keep-alive,true",
        "keep,false",
        "alive,false",
        "upgrade,false"
    })
    void tokenIsAWholeElement(String token, boolean expected) {
        assertThat(SAMPLE.hasToken("connection", token)).isEqualTo(expected);
    }

    @Test
    void fakeUpgradeIsNoToken() {
        Headers headers = Headers.of("Upgrade", "notwebsocket", "Upgrade", "a ,\twebsocket2");
        assertThat(headers.hasToken("upgrade", "websocket")).isFalse();
        assertThat(headers.hasToken("upgrade", "websocket2")).isTrue();
        assertThat(Headers.empty().hasToken("upgrade", "")).isFalse();
    }

    @Test
    void copiesDoNotShareChanges() {
        Headers more = SAMPLE.with("X", "1");
        assertThat(more.size()).isEqualTo(5);
        assertThat(SAMPLE.size()).isEqualTo(4);
        Headers fewer = more.without(name -> name.equalsIgnoreCase("accept"));
        assertThat(fewer)
                .isEqualTo(Headers.of("Host", "a", "Connection", "keep-alive, Close", "X", "1"));
        assertThat(fewer)
                .hasSameHashCodeAs(
                        Headers.of("Host", "a", "Connection", "keep-alive, Close", "X", "1"));
        assertThat(SAMPLE.without(name -> false)).isSameAs(SAMPLE);
        assertThat(SAMPLE.without(name -> true)).isEqualTo(Headers.empty());
        assertThat(SAMPLE.toBuilder().build()).isEqualTo(SAMPLE).isNotEqualTo(more);
    }

    @Test
    void builderGrows() {
        Headers.Builder builder = new Headers.Builder(0);
        for (int i = 0; i < 100; i++) {
            builder.add("n" + i, "v" + i);
        }
        assertThat(builder.size()).isEqualTo(100);
        Headers headers = builder.build();
        assertThat(headers.value(99)).isEqualTo("v99");
        assertThat(new Headers.Builder(9).build()).isSameAs(Headers.empty());
    }

    @Test
    void valuesAreNotPrinted() {
        assertThat(Headers.of("Authorization", "Bearer canary", "A", "b"))
                .hasToString("Headers[Authorization, A]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", " ", "a b", "a:", ":authority", "a\tb", "a\r\n", "a\u0000", "\u00e9", "\u017f",
                "a\"b", "a(b)", "a,b", "a/b", "a;b", "a=b", "a@b", "a[b]", "a{b}",
                        "Transfer-Encoding ",
            })
    void nameIsAToken(String name) {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> Headers.of(name, "v"));
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> SAMPLE.with(name, "v"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\r\nX: y",
                "a\nb",
                "a\rb",
                "a\u0000b",
                "a\u007f",
                "\u001b[0m",
                " a",
                "a ",
                "\ta",
                "a\t",
                "a\u010a\u010db",
                "a\u2028b",
            })
    void valueCannotStartASecondLine(String value) {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> Headers.of("Authorization", value))
                .withMessage(
                        "The value of Authorization is not a field value (expected: no control"
                                + " character, no surrounding blank, nothing above U+00FF)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "a", "a\tb", "a b", "caf\u00e9", "\u0080", "\u00ff", "\"q\", x=1;y"})
    void fieldValueIsKept(String value) {
        assertThat(Headers.of("!#$%&'*+-.^_`|~aZ09", value).value(0)).isEqualTo(value);
    }

    @Test
    void loneNameIsRefused() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> Headers.of("a", "b", "c"))
                .withMessageContaining("expected: an even number");
    }
}
