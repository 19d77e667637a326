package dev.unifiedproxy.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** {@link ConnectionTable} between two event loops. */
@Timeout(60)
class ConnectionTableRaceTest {
    /** The last connection of a container closes while another thread ties the next one. */
    @Test
    void connectionThatIsTiedWhileAnotherClosesIsClosedWithItsContainer() throws Exception {
        ConnectionTable table = new ConnectionTable(10, 10);
        try (ExecutorService threads = Executors.newFixedThreadPool(1)) {
            for (int round = 0; round < 20_000; round++) {
                EmbeddedChannel last = new EmbeddedChannel();
                EmbeddedChannel next = new EmbeddedChannel();
                table.bind("a", last);
                Future<?> closing = threads.submit(() -> last.close());
                table.bind("a", next);
                closing.get();
                table.closeContainer("a");
                assertThat(next.isOpen()).as("round %d", round).isFalse();
            }
        }
    }
}
