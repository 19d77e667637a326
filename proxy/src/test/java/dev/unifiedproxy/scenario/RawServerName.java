package dev.unifiedproxy.scenario;

import java.nio.charset.StandardCharsets;

import javax.net.ssl.SNIServerName;
import javax.net.ssl.StandardConstants;

/** A server name of any bytes. */
final class RawServerName extends SNIServerName {
    private RawServerName(byte[] bytes) {
        super(StandardConstants.SNI_HOST_NAME, bytes);
    }

    static SNIServerName of(String name) {
        return new RawServerName(name.getBytes(StandardCharsets.ISO_8859_1));
    }
}
