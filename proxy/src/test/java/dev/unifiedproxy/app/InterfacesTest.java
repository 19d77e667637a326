package dev.unifiedproxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.host.IpAddress;

import org.junit.jupiter.api.Test;

import java.net.SocketException;

final class InterfacesTest {
    @Test
    void loopbackIsAnAddressOfThisHost() throws SocketException {
        assertThat(Interfaces.addresses())
                .contains(IpAddress.parse("127.0.0.1"))
                .doesNotHaveDuplicates();
    }
}
