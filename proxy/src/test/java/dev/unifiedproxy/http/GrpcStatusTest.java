package dev.unifiedproxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GrpcStatusTest {
    @ParameterizedTest
    @CsvSource({
        "application/grpc,true",
        "application/grpc+proto,true",
        "Application/GRPC;charset=x,true",
        "application/grpc-web,false",
        "application/grpcx,false",
        "application/json,false",
    })
    void isGrpc(String type, boolean expected) {
        assertThat(GrpcStatus.isGrpc(Headers.of("content-type", type))).isEqualTo(expected);
    }

    @Test
    void withoutContentTypeItIsNot() {
        assertThat(GrpcStatus.isGrpc(Headers.empty())).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "HOST_NOT_ALLOWED,7",
        "MALFORMED,3",
        "HEAD_TOO_LARGE,3",
        "CONNECT_TIMEOUT,4",
        "CONNECT_FAILED,14",
        "UPSTREAM_PROXY_REFUSED,14",
        "METHOD_UNSUPPORTED,12",
        "CREDENTIAL_MISSING,13",
        "OVERLOADED,14",
    })
    void statusSaysWhatTheRefusalMeans(ErrorCode code, String expected) {
        Answer answer =
                RefusalRenderer.render(
                        Refusal.of(code, "because"),
                        "id-1",
                        Headers.of("content-type", "application/grpc"));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEmpty();
        assertThat(answer.headers().first("grpc-status")).contains(expected);
        assertThat(answer.headers().first("grpc-message")).contains(code.id() + ": because");
        assertThat(answer.headers().first("x-request-id")).contains("id-1");
    }

    @Test
    void messageIsPercentEncoded() {
        Headers fields = GrpcStatus.fields(Refusal.of(ErrorCode.MALFORMED, "100 % \u00fc\n"), "id");
        assertThat(fields.first("grpc-message")).contains("http.malformed: 100 %25 %C3%BC%0A");
    }
}
