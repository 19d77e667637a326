package dev.unifiedproxy.build.planted.host;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

final class NettyUser {
    ByteBuf buffer() {
        return Unpooled.EMPTY_BUFFER;
    }
}
