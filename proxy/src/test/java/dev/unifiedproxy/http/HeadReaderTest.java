package dev.unifiedproxy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.RefusedException;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;

final class HeadReaderTest {
    private static HeadReader reader(String text, ErrorCode onError) {
        byte[] bytes = (text + "behind the length").getBytes(StandardCharsets.ISO_8859_1);
        return new HeadReader(bytes, text.length(), onError);
    }

    @Test
    void readsTheFirstLineAndTheFieldsUpToTheLength() {
        HeadReader reader = reader("first line\r\nA: 1\r\na:\t2 \r\n\r\n", ErrorCode.MALFORMED);
        assertThat(reader.startLine()).isEqualTo("first line");
        assertThat(reader.fields()).isEqualTo(Headers.of("A", "1", "a", "2"));
    }

    @Test
    void refusesASectionWithoutItsEmptyLine() {
        for (String section : new String[] {"", "A: 1", "A: 1\r\n", "A: 1\r\n\r"}) {
            assertThatThrownBy(() -> reader(section, ErrorCode.BAD_RESPONSE).fields())
                    .isInstanceOf(RefusedException.class)
                    .hasMessageStartingWith("upstream.bad_response: The response");
        }
    }

    @Test
    void knowsEveryCharacterOfATokenAndNoOther() {
        for (char c = 0; c < 0x180; c++) {
            boolean expected =
                    (c >= '0' && c <= '9')
                            || (c >= 'A' && c <= 'Z')
                            || (c >= 'a' && c <= 'z')
                            || (c < 0x80 && "!#$%&'*+-.^_`|~".indexOf(c) >= 0);
            assertThat(HeadReader.isToken("a" + c)).as("character %d", (int) c).isEqualTo(expected);
        }
        assertThat(HeadReader.isToken("")).isFalse();
    }
}
