package dev.unifiedproxy.logging;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.json.JsonMapper;

import java.util.Random;

final class LineBufferTest {
    @Test
    void growsAsNeeded() {
        LineBuffer buffer = new LineBuffer();
        buffer.unquoted("\u0001".repeat(100_000), 200_000);

        assertThat(buffer.length()).isEqualTo(600_000);
        assertThat(buffer.isFull()).isTrue();
        buffer.cutTo(3);
        assertThat(Events.text(buffer)).isEqualTo("\\u0");
    }

    @Test
    void digitsHaveLeadingZeros() {
        assertThat(Events.text(new LineBuffer().digits(42, 6).digits(0, 1).digits(123456, 6)))
                .isEqualTo("0000420123456");
    }

    @RepeatedTest(20)
    void anyTextIsReadBackFromItsQuotes(RepetitionInfo repetition) {
        long seed = repetition.getCurrentRepetition();
        Random random = new Random(seed);
        char[] chars = new char[random.nextInt(2_000)];
        for (int i = 0; i < chars.length; i++) {
            chars[i] = (char) (random.nextBoolean() ? random.nextInt(256) : random.nextInt(65_536));
        }
        String text = new String(chars);

        String quoted = Events.text(new LineBuffer().quoted(text, 10_000));

        assertThat(quoted).as("seed %s", seed).matches("[ -~]*");
        assertThat(new JsonMapper().readTree(quoted).asString())
                .as("seed %s", seed)
                .isEqualTo(wellFormed(text));
    }

    @Test
    void pairThatIsCutIsNotLeftInHalves() {
        assertThat(Events.text(new LineBuffer().unquoted("ab\ud83d\ude00", 3)))
                .isEqualTo("ab\\ufffd...");
    }

    /** Half pairs are code points of their own to {@link String#codePoints}. */
    private static String wellFormed(String text) {
        StringBuilder out = new StringBuilder();
        text.codePoints()
                .map(c -> c >= 0xd800 && c <= 0xdfff ? 0xfffd : c)
                .forEach(out::appendCodePoint);
        return out.toString();
    }
}
