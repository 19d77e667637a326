package dev.unifiedproxy.build;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.engine.support.descriptor.EngineDescriptor;
import org.junit.platform.launcher.LauncherSessionListener;
import org.junit.platform.launcher.TestIdentifier;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.ServiceLoader;

/** The guards see what they are there to see; written to a file that no build looks at. */
final class TestGuardsTest {
    @TempDir Path folder;
    private Path file = Path.of("");
    private TestViolations violations = new TestViolations(Optional.empty());

    @BeforeEach
    void useAFileOfOurOwn() {
        file = folder.resolve("violations.txt");
        violations = new TestViolations(Optional.of(file));
    }

    @Test
    void leakedResourceIsWrittenDown() throws IOException {
        RecordingLeakDetectorFactory factory = new RecordingLeakDetectorFactory(violations);
        ResourceLeakDetector<byte[]> detector = factory.newResourceLeakDetector(byte[].class);
        leak(detector);

        factory.reportLeaks();

        assertThat(Files.readAllLines(file)).singleElement().asString().startsWith("leak: [B");
    }

    private static void leak(ResourceLeakDetector<byte[]> detector) {
        assertThat(detector.trackForcibly(new byte[8])).isNotNull();
    }

    @Test
    void releasedResourceIsNot() {
        RecordingLeakDetectorFactory factory = new RecordingLeakDetectorFactory(violations);
        ResourceLeakDetector<byte[]> detector = factory.newResourceLeakDetector(byte[].class);
        byte[] resource = new byte[8];
        var tracker = detector.trackForcibly(resource);
        assertThat(tracker).isNotNull();
        assertThat(tracker.close(resource)).isTrue();

        factory.reportLeaks();

        assertThat(file).doesNotExist();
    }

    @Test
    void thisRunIsWatched() {
        assertThat(ResourceLeakDetectorFactory.instance())
                .isInstanceOf(RecordingLeakDetectorFactory.class);
        assertThat(ServiceLoader.load(LauncherSessionListener.class))
                .hasAtLeastOneElementOfType(TestGuards.class);
        var buffer = UnpooledByteBufAllocator.DEFAULT.buffer(8);
        assertThat(buffer.release()).isTrue();
    }

    @Test
    void skippedTestIsWrittenDown() throws IOException {
        new SkippedTests(violations).executionSkipped(someTest(), "on\na whim");

        assertThat(file).hasContent("skipped: [engine:planted] on | a whim");
        assertThat(Files.size(file)).isPositive();
    }

    @Test
    void failedAssumptionIsWrittenDown() {
        new SkippedTests(violations)
                .executionFinished(
                        someTest(), TestExecutionResult.aborted(new IllegalStateException("no")));

        assertThat(file)
                .hasContent("aborted: [engine:planted] java.lang.IllegalStateException: no");
    }

    @Test
    void finishedTestIsNot() {
        new SkippedTests(violations)
                .executionFinished(someTest(), TestExecutionResult.successful());

        assertThat(file).doesNotExist();
    }

    @Test
    void violationsAreAppended() {
        violations.record("leak", "one");
        violations.record("skipped", "two");

        assertThat(file).hasContent("leak: one\nskipped: two");
    }

    private static TestIdentifier someTest() {
        TestDescriptor descriptor = new EngineDescriptor(UniqueId.forEngine("planted"), "planted");
        return TestIdentifier.from(descriptor);
    }
}
