package dev.unifiedproxy.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A request's body, read to its end because a rule has to know what it says. Immutable. */
public final class WholeBody {
    private final byte[] bytes;

    private WholeBody(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A copy of what the buffer has left. */
    public static WholeBody of(ByteBuffer content) {
        byte[] copy = new byte[content.remaining()];
        content.get(copy);
        return new WholeBody(copy);
    }

    /** How many bytes it has. */
    public int length() {
        return bytes.length;
    }

    /** The bytes, which cannot be changed through it. */
    public ByteBuffer content() {
        return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
    }

    /** As text; empty when the bytes are not UTF-8. */
    public Optional<String> utf8() {
        try {
            return Optional.of(
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
