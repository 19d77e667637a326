package dev.unifiedproxy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;

final class WholeBodyTest {
    @Test
    void itIsACopyThatNobodyChanges() {
        byte[] bytes = {'a', 'b', 'c'};
        ByteBuffer source = ByteBuffer.wrap(bytes);
        source.get();
        WholeBody body = WholeBody.of(source);
        bytes[1] = 'x';
        assertThat(body.length()).isEqualTo(2);
        assertThat(body.utf8()).contains("bc");
        assertThat(body.content().remaining()).isEqualTo(2);
        assertThatThrownBy(() -> body.content().put((byte) 1))
                .isInstanceOf(ReadOnlyBufferException.class);
    }

    @Test
    void whatIsNotUtf8IsNoText() {
        assertThat(WholeBody.of(ByteBuffer.wrap(new byte[] {(byte) 0xc3, 'x'})).utf8()).isEmpty();
    }
}
