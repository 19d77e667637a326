package dev.unifiedproxy.build.planted.upstream;

import java.net.InetSocketAddress;

final class NameDialler {
    InetSocketAddress target(String name) {
        return new InetSocketAddress(name, 443);
    }
}
