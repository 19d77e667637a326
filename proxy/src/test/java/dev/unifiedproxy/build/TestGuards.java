package dev.unifiedproxy.build;

import io.netty.bootstrap.ChannelInitializerExtension;
import io.netty.util.ResourceLeakDetectorFactory;

import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Watches every test run of this module for leaked buffers, skipped tests and blocked event loops;
 * registered in META-INF/services.
 *
 * <p>The factory has to be in place before the first Netty class makes its detector, which is why
 * this listens to the session and not to the plan.
 */
public final class TestGuards implements LauncherSessionListener {
    private final TestViolations violations = TestViolations.ofThisBuild();
    private final RecordingLeakDetectorFactory leaks = new RecordingLeakDetectorFactory(violations);

    /** For the service loader. */
    public TestGuards() {}

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        System.setProperty(ChannelInitializerExtension.EXTENSIONS_SYSTEM_PROPERTY, "serviceload");
        ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(leaks);
        session.getLauncher().registerTestExecutionListeners(new SkippedTests(violations));
    }

    @Override
    public void launcherSessionClosed(LauncherSession session) {
        leaks.reportLeaks();
        System.err.println(LoopWatchdog.ofThisRun().report());
    }
}
