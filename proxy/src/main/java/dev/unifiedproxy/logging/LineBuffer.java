package dev.unifiedproxy.logging;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * Bytes of lines that are being put together, printable ASCII only; used again and again by one
 * thread.
 */
final class LineBuffer {
    private static final int FULL = 64 * 1024;
    private static final byte[] HEX = {
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
    };

    private byte[] bytes = new byte[2 * FULL];
    private int length;

    int length() {
        return length;
    }

    /** Whether it is time to write. */
    boolean isFull() {
        return length >= FULL;
    }

    /** Forgets what stands behind. */
    void cutTo(int shorter) {
        length = shorter;
    }

    void writeTo(OutputStream out) throws IOException {
        out.write(bytes, 0, length);
    }

    /** Adds our own text, which is printable ASCII. */
    LineBuffer ours(String text) {
        reserve(text.length());
        for (int i = 0; i < text.length(); i++) {
            bytes[length++] = (byte) text.charAt(i);
        }
        return this;
    }

    /** Adds a byte as it is. */
    LineBuffer ours(char c) {
        reserve(1);
        bytes[length++] = (byte) c;
        return this;
    }

    /** Adds a decimal number with leading zeros. */
    LineBuffer digits(int number, int width) {
        reserve(width);
        int rest = number;
        for (int i = width - 1; i >= 0; i--) {
            bytes[length + i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += width;
        return this;
    }

    /** Adds a text of any kind between quotes, as JSON has it. */
    LineBuffer quoted(String text, int max) {
        return ours('"').escaped(text, 0, max, true).ours('"');
    }

    /** Adds a text of any kind without quotes. */
    LineBuffer unquoted(String text, int max) {
        return escaped(text, 0, max, false);
    }

    /**
     * Adds a text; a backslash, what is not printable ASCII and, where asked for, a quote are
     * escaped; half a surrogate pair is replaced.
     *
     * @param max characters that are kept; an ellipsis stands for the others
     */
    LineBuffer escaped(String text, int from, int max, boolean quotes) {
        int end = Math.min(text.length(), from + max);
        reserve((end - from) * 6 + 3);
        for (int i = from; i < end; i++) {
            char c = text.charAt(i);
            if (c >= 0x20 && c < 0x7f && c != '\\' && (c != '"' || !quotes)) {
                bytes[length++] = (byte) c;
            } else {
                escape(isHalfPair(text, i, end) ? '\ufffd' : c);
            }
        }
        return end < text.length() ? ours("...") : this;
    }

    /** Strict readers of JSON refuse half a surrogate pair. */
    private static boolean isHalfPair(String text, int at, int end) {
        char c = text.charAt(at);
        if (Character.isHighSurrogate(c)) {
            return at + 1 == end || !Character.isLowSurrogate(text.charAt(at + 1));
        }
        return Character.isLowSurrogate(c)
                && (at == 0 || !Character.isHighSurrogate(text.charAt(at - 1)));
    }

    private void escape(char c) {
        bytes[length++] = '\\';
        switch (c) {
            case '"', '\\' -> bytes[length++] = (byte) c;
            case '\n' -> bytes[length++] = 'n';
            case '\r' -> bytes[length++] = 'r';
            case '\t' -> bytes[length++] = 't';
            default -> {
                bytes[length++] = 'u';
                bytes[length++] = HEX[c >> 12];
                bytes[length++] = HEX[c >> 8 & 15];
                bytes[length++] = HEX[c >> 4 & 15];
                bytes[length++] = HEX[c & 15];
            }
        }
    }

    private void reserve(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
