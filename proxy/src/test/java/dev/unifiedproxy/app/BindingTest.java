package dev.unifiedproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unifiedproxy.config.Settings;
import dev.unifiedproxy.host.IpAddress;

import org.junit.jupiter.api.Test;

import java.io.IOException;

class BindingTest {
    private static final Settings.Endpoint ENDPOINT =
            new Settings.Endpoint(IpAddress.parse("127.0.0.1"), 8080);

    @Test
    void givesTheListenerItsAddress() throws IOException {
        String given = Binding.of("A, B", ENDPOINT, address -> address.toString());

        assertThat(given).isEqualTo("/127.0.0.1:8080");
    }

    @Test
    void namesTheSettingsAndTheAddress() {
        assertThatThrownBy(
                        () ->
                                Binding.of(
                                        "A, B",
                                        ENDPOINT,
                                        _ -> {
                                            throw new IllegalStateException("in use");
                                        }))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "A, B: 127.0.0.1:8080 cannot be listened on: in use (expected: an address"
                                + " of this machine and a free port)");
    }
}
