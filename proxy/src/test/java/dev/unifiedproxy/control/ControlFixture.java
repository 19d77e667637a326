package dev.unifiedproxy.control;

import dev.unifiedproxy.control.HealthSource.Check;
import dev.unifiedproxy.identity.MetadataJson;
import dev.unifiedproxy.identity.TicketAuthority;
import dev.unifiedproxy.identity.TicketRevocations;
import dev.unifiedproxy.limit.KeyedLimiter;
import dev.unifiedproxy.registry.ManualClock;
import dev.unifiedproxy.registry.SqliteContainerRegistry;
import dev.unifiedproxy.transport.Transport;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The control API on a socket of its own, with a real registry and a clock moved by hand. */
final class ControlFixture implements AutoCloseable {
    /** What curl was answered. */
    record Reply(String head, String body) {
        int status() {
            return Integer.parseInt(head.substring(9, 12));
        }

        /** The value of the field, or empty. */
        String header(String name) {
            for (String line : head.split("\r\n", -1)) {
                if (line.toLowerCase(Locale.ROOT).startsWith(name + ": ")) {
                    return line.substring(name.length() + 2);
                }
            }
            return "";
        }

        JsonNode json() {
            return MetadataJson.mapper(20).readTree(body);
        }
    }

    final ManualClock clock = new ManualClock();
    final List<Check> checks = new ArrayList<>();

    /** The overlaps that were asked for; while it holds one of 99 seconds, a rotation goes on. */
    final List<Duration> overlaps = new ArrayList<>();

    final AuthorityRotation rotations = this::rotate;
    final TicketAuthority tickets;
    final BlockableRegistry registry;
    final ControlRoutes routes;
    final ControlServer server;
    private final AtomicLong nanos = new AtomicLong();
    private final KeyedLimiter<String> limiter =
            new KeyedLimiter<>(ControlServer.limit(10, Duration.ofSeconds(1)), nanos::get);
    private final TicketRevocations revocations;
    private final Transport transport;
    private final EventLoopGroup group;
    private final Path socket;

    private static List<String> problems(String id, Map<String, Object> metadata) {
        return metadata.containsKey("wrong")
                ? List.of(id + ": first problem", "second problem")
                : List.of();
    }

    ControlFixture(Path directory, Transport transport, Duration timeout) throws IOException {
        this.transport = transport;
        socket = directory.resolve("run/internal.sock");
        tickets = TicketAuthority.open(directory.resolve("state/ticket.key"));
        revocations = TicketRevocations.open(directory.resolve("state/tickets.not-before"));
        registry =
                new BlockableRegistry(
                        SqliteContainerRegistry.open(
                                directory.resolve("state/registry.db"),
                                revocations,
                                clock,
                                System::nanoTime,
                                SqliteContainerRegistry.Settings.defaults()));
        routes =
                new ControlRoutes(
                        registry,
                        tickets,
                        clock,
                        rotations,
                        new Health(),
                        ControlFixture::problems);
        group =
                new MultiThreadIoEventLoopGroup(
                        1,
                        switch (transport) {
                            case EPOLL -> EpollIoHandler.newFactory();
                            case NIO -> NioIoHandler.newFactory();
                        });
        server = ControlServer.start(socket, routes, limiter, group, transport, timeout);
    }

    private Optional<RotatedAuthority> rotate(Duration overlap) {
        overlaps.add(overlap);
        return overlaps.contains(Duration.ofSeconds(99))
                ? Optional.empty()
                : Optional.of(
                        new RotatedAuthority(
                                "AA", "BB", clock.instant().plus(overlap), overlap.isZero()));
    }

    private final class Health implements HealthSource {
        @Override
        public List<Check> checks() {
            return checks;
        }

        @Override
        public Map<String, String> facts() {
            return Map.of("policy_version", "p1");
        }
    }

    Path socket() {
        return socket;
    }

    ControlServer startSecond() throws IOException {
        return ControlServer.start(socket, routes, limiter, group, transport);
    }

    /** Lets the limiter forget. */
    void refill() {
        nanos.addAndGet(Duration.ofMinutes(1).toNanos());
    }

    Process curlProcess(String... arguments) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "curl",
                                "-sS",
                                "-m",
                                "20",
                                "-i",
                                "--unix-socket",
                                socket.toString()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static String output(Process process) throws IOException, InterruptedException {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            throw new AssertionError("curl did not end");
        }
        return output;
    }

    Reply curl(String... arguments) throws IOException, InterruptedException {
        String output = output(curlProcess(arguments));
        int end = output.indexOf("\r\n\r\n");
        if (end < 0) {
            throw new AssertionError("no answer: " + output);
        }
        return new Reply(output.substring(0, end), output.substring(end + 4));
    }

    /** The statuses of requests on one connection. */
    List<Integer> statuses(String... urls) throws IOException, InterruptedException {
        return output(curlProcess(urls))
                .lines()
                .filter(line -> line.contains("HTTP/1.1 "))
                .map(line -> line.substring(line.indexOf("HTTP/1.1 ") + 9).substring(0, 3))
                .map(Integer::valueOf)
                .toList();
    }

    @Override
    public void close() throws IOException {
        server.close();
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
        registry.close();
        revocations.close();
    }
}
