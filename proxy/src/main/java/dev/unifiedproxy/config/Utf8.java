package dev.unifiedproxy.config;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Reads the bytes of a configuration file as text. */
final class Utf8 {
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private Utf8() {}

    /**
     * The text, without a byte order mark.
     *
     * @throws ConfigurationException when the bytes are not UTF-8, with the place, or are too many
     */
    static String decode(String file, byte[] content, int maxBytes) {
        if (content.length > maxBytes) {
            throw new ConfigurationException(
                    List.of(
                            Problem.ofFile(
                                    file,
                                    "has "
                                            + content.length
                                            + " bytes (expected: at most "
                                            + maxBytes
                                            + ")")));
        }
        CharBuffer out = CharBuffer.allocate(content.length);
        CoderResult result =
                StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content), out, true);
        out.flip();
        if (result.isError()) {
            String read = out.toString();
            int line = 1 + (int) read.chars().filter(c -> c == '\n').count();
            int column = read.length() - read.lastIndexOf('\n');
            throw new ConfigurationException(
                    List.of(new Problem(file, line, column, "is not UTF-8 from here on")));
        }
        boolean marked = !out.isEmpty() && out.get(0) == BYTE_ORDER_MARK;
        return out.subSequence(marked ? 1 : 0, out.length()).toString();
    }
}
