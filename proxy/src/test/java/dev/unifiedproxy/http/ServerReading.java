package dev.unifiedproxy.http;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** How servers are known to read a path: decoded once or twice, with parameters cut, on Windows. */
final class ServerReading {
    private ServerReading() {}

    /** Whether some server finds a dot segment or an empty segment inside the path. */
    static boolean hasDotSegment(String path) {
        String once = decode(path);
        return List.of(path, once, decode(once)).stream()
                .anyMatch(
                        reading ->
                                isUnclean(reading)
                                        || isUnclean(reading.replace('\\', '/'))
                                        || isUnclean(reading.replaceAll(";[^/]*", "")));
    }

    private static boolean isUnclean(String path) {
        String[] segments = path.split("/", -1);
        for (int i = 1; i < segments.length; i++) {
            boolean empty = segments[i].isEmpty() && i < segments.length - 1;
            if (empty || segments[i].equals(".") || segments[i].equals("..")) {
                return true;
            }
        }
        return false;
    }

    /** One decoding that leaves alone what is no triplet; bytes are read as Latin-1. */
    static String decode(String path) {
        StringBuilder out = new StringBuilder();
        byte[] bytes = path.getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < bytes.length; i++) {
            int high = i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
            int low = i + 2 < bytes.length ? Character.digit(bytes[i + 2], 16) : -1;
            if (bytes[i] == '%' && high >= 0 && low >= 0) {
                out.append((char) (high * 16 + low));
                i += 2;
            } else {
                out.append((char) (bytes[i] & 0xff));
            }
        }
        return out.toString();
    }
}
