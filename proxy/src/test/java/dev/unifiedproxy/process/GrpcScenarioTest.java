package dev.unifiedproxy.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.HttpConnectProxiedSocketAddress;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * gRPC in its four kinds of call, between a client and a server of grpc-java with an HTTP/2
 * implementation of their own, through the packaged proxy.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class GrpcScenarioTest {
    private static final String HOST = "api.anthropic.com";
    private static final String KEY = "sk-ant-canary-grpc-51";
    private static final int LARGE = 3 * 1024 * 1024;

    private static final Metadata.Key<String> API_KEY =
            Metadata.Key.of("x-api-key", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> TRAILER =
            Metadata.Key.of("x-from-the-end", Metadata.ASCII_STRING_MARSHALLER);

    private static final MethodDescriptor<String, String> UNARY = method(MethodType.UNARY);
    private static final MethodDescriptor<String, String> COUNT =
            method(MethodType.SERVER_STREAMING);
    private static final MethodDescriptor<String, String> JOIN =
            method(MethodType.CLIENT_STREAMING);
    private static final MethodDescriptor<String, String> CHAT = method(MethodType.BIDI_STREAMING);

    private final Queue<String> keysSeen = new ConcurrentLinkedQueue<>();
    private StandIn internet;
    private ServeProcess serve;
    private Server server;
    private ManagedChannel channel;

    private static MethodDescriptor<String, String> method(MethodType type) {
        return MethodDescriptor.<String, String>newBuilder()
                .setType(type)
                .setFullMethodName("agent.Echo/" + type)
                .setRequestMarshaller(new Text())
                .setResponseMarshaller(new Text())
                .build();
    }

    private static final class Text implements MethodDescriptor.Marshaller<String> {
        @Override
        public InputStream stream(String value) {
            return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(InputStream stream) {
            try (stream) {
                return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        internet = new StandIn(directory.resolve("internet"));
        StandIn.Identity identity = internet.identity(HOST);
        server =
                NettyServerBuilder.forAddress(
                                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0))
                        .useTransportSecurity(identity.chain().toFile(), identity.key().toFile())
                        .addService(service())
                        .intercept(new Reception())
                        .build()
                        .start();
        internet.lead(HOST, server.getPort());
        Path config = Files.createDirectory(directory.resolve("config"));
        Files.writeString(config.resolve("allowlist.conf"), HOST + "\n");
        Map<String, String> settings = new TreeMap<>(internet.settings());
        settings.put("ANTHROPIC_API_KEY", KEY);
        serve = ServeProcess.start(directory, settings);
        serve.register("sandbox-1", "127.0.0.1");
        channel = channel(HOST);
    }

    private ManagedChannel channel(String host) throws IOException {
        SslContext trust =
                GrpcSslContexts.forClient()
                        .trustManager(serve.certificates().resolve("mitmproxy-ca.pem").toFile())
                        .build();
        InetSocketAddress proxy =
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), serve.port());
        return NettyChannelBuilder.forTarget("dns:///" + host + ":443")
                .sslContext(trust)
                .proxyDetector(
                        target ->
                                HttpConnectProxiedSocketAddress.newBuilder()
                                        .setTargetAddress((InetSocketAddress) target)
                                        .setProxyAddress(proxy)
                                        .build())
                .maxInboundMessageSize(2 * LARGE)
                .build();
    }

    @AfterAll
    void stop() throws Exception {
        channel.shutdownNow();
        assertThat(channel.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        assertThat(serve.stop()).isZero();
        assertThat(serve.log()).doesNotContain("canary");
        server.shutdownNow().awaitTermination();
        internet.close();
    }

    /** Notes the key of each call, and ends each with a trailer of its own. */
    private final class Reception implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            keysSeen.add(String.valueOf(headers.get(API_KEY)));
            return next.startCall(
                    new io.grpc.ForwardingServerCall.SimpleForwardingServerCall<>(call) {
                        @Override
                        public void close(Status status, Metadata trailers) {
                            trailers.put(TRAILER, "the end");
                            super.close(status, trailers);
                        }
                    },
                    headers);
        }
    }

    private static ServerServiceDefinition service() {
        return ServerServiceDefinition.builder("agent.Echo")
                .addMethod(UNARY, ServerCalls.asyncUnaryCall(GrpcScenarioTest::answer))
                .addMethod(COUNT, ServerCalls.asyncServerStreamingCall(GrpcScenarioTest::count))
                .addMethod(JOIN, ServerCalls.asyncClientStreamingCall(Joining::new))
                .addMethod(CHAT, ServerCalls.asyncBidiStreamingCall(Chatting::new))
                .build();
    }

    private static void answer(String request, StreamObserver<String> responses) {
        if (request.equals("fail")) {
            responses.onError(
                    Status.FAILED_PRECONDITION.withDescription("not today").asException());
            return;
        }
        responses.onNext("echo: " + request);
        responses.onCompleted();
    }

    private static void count(String request, StreamObserver<String> responses) {
        for (int i = 0; i < Integer.parseInt(request); i++) {
            responses.onNext("item " + i);
        }
        responses.onCompleted();
    }

    private static final class Joining implements StreamObserver<String> {
        private final StreamObserver<String> responses;
        private final StringBuilder joined = new StringBuilder();

        Joining(StreamObserver<String> responses) {
            this.responses = responses;
        }

        @Override
        public void onNext(String piece) {
            joined.append(piece);
        }

        @Override
        public void onError(Throwable broken) {
            responses.onError(broken);
        }

        @Override
        public void onCompleted() {
            responses.onNext(joined.toString());
            responses.onCompleted();
        }
    }

    /** Answers each message at once. */
    private static final class Chatting implements StreamObserver<String> {
        private final StreamObserver<String> responses;

        Chatting(StreamObserver<String> responses) {
            this.responses = responses;
        }

        @Override
        public void onNext(String message) {
            responses.onNext("heard " + message);
        }

        @Override
        public void onError(Throwable broken) {
            responses.onError(broken);
        }

        @Override
        public void onCompleted() {
            responses.onCompleted();
        }
    }

    /** What the other side sent, in order; a broken call stands at the end. */
    private static final class Received implements StreamObserver<String> {
        private static final String COMPLETED = "(completed)";
        private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();

        @Override
        public void onNext(String message) {
            messages.add(message);
        }

        @Override
        public void onError(Throwable broken) {
            messages.add("(broken: " + broken + ")");
        }

        @Override
        public void onCompleted() {
            messages.add(COMPLETED);
        }

        String next() throws InterruptedException {
            String message = messages.poll(30, TimeUnit.SECONDS);
            assertThat(message).as("a message within 30 s").isNotNull();
            return message;
        }
    }

    /** What a client saw besides messages. */
    private record Seen(AtomicReference<Metadata> headers, AtomicReference<Metadata> trailers) {
        Seen() {
            this(new AtomicReference<>(), new AtomicReference<>());
        }

        Channel over(Channel plain) {
            return ClientInterceptors.intercept(
                    plain, MetadataUtils.newCaptureMetadataInterceptor(headers, trailers));
        }
    }

    @Test
    void unaryCallCarriesTheRealKeyAndItsTrailer() {
        keysSeen.clear();
        Seen seen = new Seen();
        Metadata placeholder = new Metadata();
        placeholder.put(API_KEY, "CREDENTIAL_PROXY_PLACEHOLDER");
        Channel marked =
                ClientInterceptors.intercept(
                        seen.over(channel), MetadataUtils.newAttachHeadersInterceptor(placeholder));
        assertThat(ClientCalls.blockingUnaryCall(marked, UNARY, CallOptions.DEFAULT, "hello"))
                .isEqualTo("echo: hello");
        assertThat(keysSeen).containsExactly(KEY);
        assertThat(seen.trailers().get().get(TRAILER)).isEqualTo("the end");
    }

    @Test
    void serversOwnStatusPasses() {
        assertThatThrownBy(
                        () ->
                                ClientCalls.blockingUnaryCall(
                                        channel, UNARY, CallOptions.DEFAULT, "fail"))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> {
                            assertThat(e.getStatus().getCode())
                                    .isEqualTo(Status.Code.FAILED_PRECONDITION);
                            assertThat(e.getStatus().getDescription()).isEqualTo("not today");
                            assertThat(e.getTrailers().get(TRAILER)).isEqualTo("the end");
                        });
    }

    @Test
    void largeMessagePassesBothWays() {
        String large = "x".repeat(LARGE);
        assertThat(ClientCalls.blockingUnaryCall(channel, UNARY, CallOptions.DEFAULT, large))
                .isEqualTo("echo: " + large);
    }

    @Test
    void serverStreaming() {
        List<String> items = new ArrayList<>();
        ClientCalls.blockingServerStreamingCall(channel, COUNT, CallOptions.DEFAULT, "1000")
                .forEachRemaining(items::add);
        assertThat(items).hasSize(1000).startsWith("item 0").endsWith("item 999");
    }

    @Test
    void clientStreaming() throws Exception {
        Received received = new Received();
        StreamObserver<String> requests =
                ClientCalls.asyncClientStreamingCall(
                        channel.newCall(JOIN, CallOptions.DEFAULT), received);
        for (int i = 0; i < 100; i++) {
            requests.onNext(i + ";");
        }
        requests.onCompleted();
        assertThat(received.next()).startsWith("0;1;2;").endsWith("98;99;");
        assertThat(received.next()).isEqualTo(Received.COMPLETED);
    }

    /** Each message is sent only after the answer to the one before has come. */
    @Test
    void bidirectionalStreaming() throws Exception {
        Received received = new Received();
        StreamObserver<String> requests =
                ClientCalls.asyncBidiStreamingCall(
                        channel.newCall(CHAT, CallOptions.DEFAULT), received);
        for (int i = 0; i < 50; i++) {
            requests.onNext("word " + i);
            assertThat(received.next()).isEqualTo("heard word " + i);
        }
        requests.onCompleted();
        assertThat(received.next()).isEqualTo(Received.COMPLETED);
    }

    /** A refusal inside a tunnel is a status that a gRPC client understands, with our reason. */
    @Test
    void refusalIsAStatus() {
        assertThatThrownBy(
                        () ->
                                ClientCalls.blockingUnaryCall(
                                        ClientInterceptors.intercept(
                                                channel,
                                                MetadataUtils.newAttachHeadersInterceptor(
                                                        claiming("another-container"))),
                                        UNARY,
                                        CallOptions.DEFAULT,
                                        "hello"))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> {
                            assertThat(e.getStatus().getCode())
                                    .isEqualTo(Status.Code.PERMISSION_DENIED);
                            assertThat(e.getStatus().getDescription())
                                    .contains("identity.container_mismatch");
                        });
    }

    private static Metadata claiming(String container) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("x-container-id", Metadata.ASCII_STRING_MARSHALLER), container);
        return headers;
    }
}
