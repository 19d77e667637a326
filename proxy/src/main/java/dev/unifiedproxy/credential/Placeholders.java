package dev.unifiedproxy.credential;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * The texts that stand for a credential inside a sandbox: {@code CREDENTIAL_PROXY_PLACEHOLDER},
 * {@code PROXY_PLACEHOLDER_OPENCODE}, and {@code CRED_PROXY_} with 32 hexadecimal digits, anywhere
 * in a text.
 */
final class Placeholders {
    private static final String CORE = "PROXY_";
    private static final String WORD = "PLACEHOLDER";
    private static final int NONCE_DIGITS = 32;
    private static final int SHORTEST = "PROXY_PLACEHOLDER_OPENCODE".length();

    private Placeholders() {}

    /** Whether a field value carries one, also inside the base64 of Basic credentials. */
    static boolean inFieldValue(String value) {
        return in(value)
                || (value.regionMatches(true, 0, "Basic ", 0, 6) && in(decodedBasic(value)));
    }

    /** Whether a path or query carries one, percent-encoded or not. */
    static boolean inTarget(String text) {
        return in(text) || (text.indexOf('%') >= 0 && in(percentDecoded(text)));
    }

    /** Whether the text carries one as it stands. */
    static boolean in(String text) {
        if (text.length() < SHORTEST) {
            return false;
        }
        for (int at = text.indexOf(CORE); at >= 0; at = text.indexOf(CORE, at + 1)) {
            int behind = at + CORE.length();
            boolean word = text.startsWith(WORD, behind);
            if (word
                    && (text.startsWith("_OPENCODE", behind + WORD.length())
                            || endsAt(text, at, "CREDENTIAL_"))) {
                return true;
            }
            if (!word && endsAt(text, at, "CRED_") && hasNonce(text, behind)) {
                return true;
            }
        }
        return false;
    }

    private static boolean endsAt(String text, int end, String part) {
        return end >= part.length() && text.startsWith(part, end - part.length());
    }

    private static boolean hasNonce(String text, int from) {
        if (text.length() < from + NONCE_DIGITS) {
            return false;
        }
        for (int i = from; i < from + NONCE_DIGITS; i++) {
            if (Character.digit(text.charAt(i), 16) < 0) {
                return false;
            }
        }
        return true;
    }

    /** Empty when it is not base64: such a value carries nothing that anyone can read. */
    private static String decodedBasic(String value) {
        try {
            byte[] bytes = Base64.getMimeDecoder().decode(value.substring(6));
            return new String(bytes, StandardCharsets.ISO_8859_1);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    /** Empty when it is not percent-encoding. */
    private static String percentDecoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.ISO_8859_1);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }
}
