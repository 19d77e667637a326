package dev.unifiedproxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.transport.Deadlines;
import dev.unifiedproxy.transport.Http1ResponseDecoder;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

final class ConnectionPoolTest {
    private final ConnectionPool pool = new ConnectionPool();

    private static PoolKey key(int number, String credential) {
        return new PoolKey(
                Authority.parse("h" + number + ".example", 443), true, credential, false);
    }

    private UpstreamConnection connection(PoolKey key) {
        return new UpstreamConnection(
                key,
                IpAddress.parse("127.0.0.1"),
                pool,
                new Http1ResponseDecoder(),
                new Deadlines(() -> 0),
                ClientRig.limits());
    }

    @Test
    void theNewestComesOutFirstAndEachOnce() {
        PoolKey key = key(1, "");
        UpstreamConnection older = connection(key);
        UpstreamConnection newer = connection(key);
        assertThat(pool.keep(older)).isTrue();
        assertThat(pool.keep(newer)).isTrue();
        assertThat(pool.take(key)).containsSame(newer);
        assertThat(pool.take(key)).containsSame(older);
        assertThat(pool.take(key)).isEmpty();
    }

    @Test
    void noConnectionIsSharedBetweenCredentialsOrSchemes() {
        PoolKey one = key(1, "one");
        pool.keep(connection(one));
        assertThat(pool.take(key(1, "two"))).isEmpty();
        assertThat(pool.take(key(1, ""))).isEmpty();
        assertThat(pool.take(new PoolKey(one.authority(), false, "one", false))).isEmpty();
        assertThat(pool.take(key(2, "one"))).isEmpty();
        assertThat(pool.take(key(1, "one"))).isPresent();
    }

    @Test
    void isBoundedForOneDestination() {
        PoolKey key = key(1, "");
        for (int i = 0; i < 512; i++) {
            assertThat(pool.keep(connection(key))).isTrue();
        }
        assertThat(pool.keep(connection(key))).isFalse();
        assertThat(pool.take(key)).isPresent();
        assertThat(pool.keep(connection(key))).isTrue();
    }

    @Test
    void isBoundedInAllAndMakesRoomWhenOneCloses() {
        List<UpstreamConnection> kept = new ArrayList<>();
        for (int i = 0; i < 2048; i++) {
            PoolKey key = key(i, "");
            UpstreamConnection connection = connection(key);
            assertThat(pool.keep(connection)).isTrue();
            kept.add(connection);
        }
        assertThat(pool.keep(connection(key(5000, "")))).isFalse();
        assertThat(pool.take(key(5000, ""))).isEmpty();
        pool.forget(kept.get(7));
        pool.forget(kept.get(7));
        assertThat(pool.take(key(7, ""))).isEmpty();
        assertThat(pool.keep(connection(key(5000, "")))).isTrue();
        assertThat(pool.keep(connection(key(5001, "")))).isFalse();
    }
}
