package dev.unifiedproxy.tls;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Textual encoding of keys and certificates (<a
 * href="https://datatracker.ietf.org/doc/html/rfc7468">RFC 7468</a>).
 */
final class Pem {
    private static final Base64.Encoder LINES =
            Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

    private Pem() {}

    /** One block, ended by a line feed. */
    static String encode(String label, byte[] der) {
        return begin(label) + "\n" + LINES.encodeToString(der) + "\n" + end(label) + "\n";
    }

    /**
     * The contents of all blocks with the label; text between blocks and blocks of another label
     * are passed over.
     *
     * @throws IllegalArgumentException when a block is not closed or not base64; the message holds
     *     nothing of the text
     */
    static List<byte[]> decode(String label, String text) {
        List<byte[]> found = new ArrayList<>();
        int at = text.indexOf(begin(label));
        while (at >= 0) {
            int from = at + begin(label).length();
            int to = text.indexOf(end(label), from);
            if (to < 0) {
                throw new IllegalArgumentException("a " + label + " block is not closed");
            }
            found.add(base64(label, text.substring(from, to)));
            at = text.indexOf(begin(label), to);
        }
        return found;
    }

    private static byte[] base64(String label, String text) {
        String bare = text.replace("\r", "").replace("\n", "");
        try {
            return Base64.getDecoder().decode(bare);
        } catch (IllegalArgumentException e) {
            // The decoder's message quotes a character; of a private key not even that goes out.
            throw new IllegalArgumentException("a " + label + " block is not base64");
        }
    }

    private static String begin(String label) {
        return "-----BEGIN " + label + "-----";
    }

    private static String end(String label) {
        return "-----END " + label + "-----";
    }
}
