package dev.unifiedproxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;

class Utf8Test {
    @Test
    void readsTextWithoutByteOrderMark() {
        byte[] content = "\uFEFFaä\n".getBytes(StandardCharsets.UTF_8);

        assertThat(Utf8.decode("f", content, 100)).isEqualTo("aä\n");
        assertThat(Utf8.decode("f", new byte[0], 100)).isEmpty();
    }

    @Test
    void saysWhereTheBytesAreNotUtf8() {
        byte[] content = {'a', '\n', 'b', 'c', (byte) 0xff, 'd'};

        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> Utf8.decode("f", content, 100))
                .withMessage("f:2:3: is not UTF-8 from here on");
    }

    @Test
    void refusesWhatIsCutInsideACharacter() {
        byte[] content = {'a', (byte) 0xc3};

        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> Utf8.decode("f", content, 100))
                .withMessage("f:1:2: is not UTF-8 from here on");
    }

    @Test
    void refusesWhatIsTooLarge() {
        assertThat(Utf8.decode("f", new byte[] {'a', 'b'}, 2)).isEqualTo("ab");
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> Utf8.decode("f", new byte[3], 2))
                .withMessage("f: has 3 bytes (expected: at most 2)");
    }
}
