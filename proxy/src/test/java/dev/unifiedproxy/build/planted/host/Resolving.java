package dev.unifiedproxy.build.planted.host;

import java.net.InetAddress;
import java.net.UnknownHostException;

final class Resolving {
    InetAddress address(String name) throws UnknownHostException {
        return InetAddress.getByName(name);
    }
}
