package dev.unifiedproxy.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PinnedAddressTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1, 443",
        "127.0.0.1:8443, 127.0.0.1, 8443",
        "::1, ::1, 443",
        "[::1]:8443, ::1, 8443",
    })
    void dialsTheWrittenPortOrTheAuthoritysOwn(String text, String address, int port) {
        PinnedAddress pinned = PinnedAddress.parse(text);

        assertThat(pinned.address()).isEqualTo(IpAddress.parse(address));
        assertThat(pinned.portOr(443)).isEqualTo(port);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "localhost:443",
                "127.0.0.1:",
                "127.0.0.1:0",
                "[::1]",
                "::1]:1",
                "127.0.0.1:65536",
                "127.0.0.1:8443:1"
            })
    void refusesWhatIsNoAddress(String text) {
        assertThatThrownBy(() -> PinnedAddress.parse(text)).isInstanceOf(HostSyntaxException.class);
    }
}
