package dev.unifiedproxy.scenario;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Every byte that the clients of a class received, decrypted; of a large body only the start. */
final class Transcript {
    private final ConcurrentLinkedQueue<String> pieces = new ConcurrentLinkedQueue<>();

    void add(byte[] bytes, int length) {
        pieces.add(new String(bytes, 0, Math.min(length, 16 * 1024), StandardCharsets.ISO_8859_1));
    }

    String text() {
        return String.join("", pieces);
    }
}
