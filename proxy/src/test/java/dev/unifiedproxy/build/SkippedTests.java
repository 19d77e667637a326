package dev.unifiedproxy.build;

import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/** Notes each test that was disabled or whose assumption did not hold: neither proves anything. */
final class SkippedTests implements TestExecutionListener {
    private final TestViolations violations;

    SkippedTests(TestViolations violations) {
        this.violations = violations;
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        violations.record("skipped", test.getUniqueId() + " " + reason);
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (result.getStatus() == TestExecutionResult.Status.ABORTED) {
            violations.record(
                    "aborted",
                    test.getUniqueId()
                            + result.getThrowable().map(cause -> " " + cause).orElse(""));
        }
    }
}
