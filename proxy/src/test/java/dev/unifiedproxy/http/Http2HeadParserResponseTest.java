package dev.unifiedproxy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.RefusedException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

final class Http2HeadParserResponseTest {
    /** Fields are separated by {@code |}, a name and its value by {@code =}. */
    private static List<String> lines(String text) {
        return text.isEmpty() ? List.of() : List.of(text.replace("\\n", "\n").split("[|=]", -1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "8.3.2 no status; ''",
                "8.3.2 a field before it; a=b|:status=200",
                "8.3.2 twice; :status=200|:status=200",
                "8.3 another pseudo-header; :status=200|:path=/",
                "8.3 in the middle; :status=200|a=b|:status=200",
                "8.6 switching protocols; :status=101",
                "below 100; :status=099",
                "above 599; :status=600",
                "four digits; :status=2000",
                "a sign; :status=+20",
                "8.2 upper case; :status=200|Server=x",
                "8.2.1 empty name; :status=200|=x",
                "8.2.1 blank in a name; :status=200|a b=x",
                "8.2.1 LF in a value; :status=200|a=x\\nb",
                "8.2.1 blank before a value; :status=200|a= x",
                "8.2.2 connection; :status=200|connection=close",
                "8.2.2 keep-alive; :status=200|keep-alive=1",
                "8.2.2 proxy-connection; :status=200|proxy-connection=x",
                "8.2.2 transfer-encoding; :status=200|transfer-encoding=chunked",
                "8.2.2 upgrade; :status=200|upgrade=x",
                "8.2.2 te; :status=200|te=trailers",
                "8.1.1 two lengths; :status=200|content-length=1|content-length=1",
                "8.1.1 a list; :status=200|content-length=1,1",
                "8.1.1 a sign; :status=200|content-length=+1",
                "8.1.1 nothing; :status=200|content-length="
            })
    void aHeadThatIsNotOneResponseIsRefused(String clause, String head) {
        assertThatThrownBy(() -> Http2HeadParser.response(lines(head), false, Method.GET))
                .as(clause)
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        e -> assertThat(e.refusal().code()).isEqualTo(ErrorCode.BAD_RESPONSE));
    }

    @Test
    void framingSaysWhatFollows() {
        ResponseHead known =
                Http2HeadParser.response(lines(":status=200|content-length=7"), false, Method.GET);
        assertThat(known.framing()).isEqualTo(new BodyFraming.Length(7));
        assertThat(known.keepAlive()).isTrue();
        assertThat(Http2HeadParser.response(lines(":status=200|a=b"), false, Method.GET))
                .isEqualTo(
                        new ResponseHead(200, Headers.of("a", "b"), BodyFraming.UNTIL_CLOSE, true));
        assertThat(Http2HeadParser.response(lines(":status=200"), true, Method.GET).framing())
                .as("an HTTP/1.1 client would wait for the end of the connection")
                .isEqualTo(new BodyFraming.Length(0));
        assertThat(
                        Http2HeadParser.response(
                                        lines(":status=200|content-length=7"), true, Method.HEAD)
                                .framing())
                .isEqualTo(BodyFraming.NONE);
        assertThat(Http2HeadParser.response(lines(":status=304"), true, Method.GET).framing())
                .isEqualTo(BodyFraming.NONE);
        assertThat(Http2HeadParser.response(lines(":status=103"), false, Method.GET))
                .matches(ResponseHead::informational);
    }

    @Test
    void aLengthThatTheStreamDeniesIsRefused() {
        assertThatThrownBy(
                        () ->
                                Http2HeadParser.response(
                                        lines(":status=200|content-length=7"), true, Method.GET))
                .isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> Http2HeadParser.response(lines(":status=103"), true, Method.GET))
                .isInstanceOf(RefusedException.class);
    }

    @ParameterizedTest
    @CsvSource({":status=200", "content-length=1", "set-cookie=a", "te=x", "A=b"})
    void whatMayNotStandInTrailersIsRefused(String trailers) {
        assertThatThrownBy(() -> Http2HeadParser.trailers(lines(trailers), ErrorCode.BAD_RESPONSE))
                .isInstanceOf(RefusedException.class);
    }

    @Test
    void otherTrailersPass() {
        assertThat(Http2HeadParser.trailers(lines("grpc-status=0"), ErrorCode.BAD_RESPONSE))
                .isEqualTo(Headers.of("grpc-status", "0"));
    }

    @Test
    void theNumberOfFieldsIsBounded() {
        StringBuilder many = new StringBuilder(":status=200");
        many.append("|a=b".repeat(HeadReader.MAX_FIELDS));
        assertThatThrownBy(
                        () -> Http2HeadParser.response(lines(many.toString()), false, Method.GET))
                .isInstanceOf(RefusedException.class);
    }
}
