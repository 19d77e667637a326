package dev.unifiedproxy.app;

import dev.unifiedproxy.host.IpAddress;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;

/** The addresses of this host, none of which may be a destination. */
final class Interfaces {
    private Interfaces() {}

    static List<IpAddress> addresses() throws SocketException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .map((InetAddress address) -> IpAddress.of(address.getAddress()))
                .distinct()
                .toList();
    }
}
