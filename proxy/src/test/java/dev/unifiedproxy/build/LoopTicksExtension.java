package dev.unifiedproxy.build;

import io.netty.bootstrap.ChannelInitializerExtension;
import io.netty.channel.Channel;
import io.netty.channel.ServerChannel;

/**
 * Has every channel that a bootstrap makes in a test run watched; registered in META-INF/services,
 * and Netty looks there because {@link TestGuards} says so.
 */
public final class LoopTicksExtension extends ChannelInitializerExtension {
    /** For the service loader. */
    public LoopTicksExtension() {}

    @Override
    public void postInitializeClientChannel(Channel channel) {
        LoopWatchdog.ofThisRun().watch(channel);
    }

    @Override
    public void postInitializeServerListenerChannel(ServerChannel channel) {
        LoopWatchdog.ofThisRun().watch(channel);
    }

    @Override
    public void postInitializeServerChildChannel(Channel channel) {
        LoopWatchdog.ofThisRun().watch(channel);
    }
}
