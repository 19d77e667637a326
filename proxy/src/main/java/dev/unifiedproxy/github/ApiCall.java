package dev.unifiedproxy.github;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A request to an API of GitHub.
 *
 * @param door which API
 * @param segments its path below the API's root, cut at each '/'; a '/' at the end means nothing
 * @param shown the whole path for messages, at most 200 characters
 */
record ApiCall(Door door, List<String> segments, String shown) {
    /** The APIs. */
    enum Door {
        REST,
        UPLOADS,
        GRAPHQL
    }

    private static final int HEX = 16;

    ApiCall {
        segments = List.copyOf(segments);
    }

    boolean startsWith(String first) {
        return !segments.isEmpty() && segments.getFirst().equals(first);
    }

    /** The path from that segment on, with its percent-encoding undone. */
    String decodedFrom(int index) {
        String text = String.join("/", segments.subList(index, segments.size()));
        if (text.indexOf('%') < 0) {
            return text;
        }
        byte[] bytes = new byte[text.length()];
        int length = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                bytes[length++] = (byte) Integer.parseInt(text, i + 1, i + 3, HEX);
                i += 2;
            } else {
                bytes[length++] = (byte) c;
            }
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}
