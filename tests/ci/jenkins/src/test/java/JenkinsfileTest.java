import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import com.lesfurets.jenkins.unit.MethodCall;
import com.lesfurets.jenkins.unit.declarative.DeclarativePipelineTest;
import java.util.List;
import java.util.Map;
import org.junit.Before;
import org.junit.Test;

/** The Jenkinsfile does what it is there for, whether the suite passes or fails. */
public class JenkinsfileTest extends DeclarativePipelineTest {
    private static final String FILE = System.getProperty("jenkinsfile");
    private static final String SUITE = "run_kafka_integration_tests.sh";

    @Override
    @Before
    public void setUp() throws Exception {
        super.setUp();
        getHelper().registerAllowedMethod("junit", List.of(Map.class), null);
        getHelper().registerAllowedMethod("archiveArtifacts", List.of(Map.class), null);
    }

    @Test
    public void itSetsUpRunsAndPublishes() throws Exception {
        runScript(FILE);
        assertJobStatusSuccess();
        List<String> scripts = words("sh");
        assertEquals(2, scripts.size());
        assertTrue(scripts.get(0).contains("scripts/setup_venv.py run"));
        assertTrue(scripts.get(1).contains(SUITE));
        assertPublished();
    }

    @Test
    public void aFailedSuiteIsPublishedToo() {
        getHelper().addShMock("bash scripts/" + SUITE + " --workers 2", "", 1);
        boolean failed = false;
        try {
            runScript(FILE);
        } catch (Exception expected) {
            failed = true;
        }
        assertTrue(failed || "FAILURE".equals(getBinding().getVariable("currentBuild").toString()));
        assertPublished();
    }

    private void assertPublished() {
        assertTrue(words("archiveArtifacts").toString().contains("reports/**/*"));
        assertTrue(words("junit").toString().contains("reports/test-results.xml"));
    }

    private List<String> words(String step) {
        return getHelper().getCallStack().stream()
                .filter(call -> call.getMethodName().equals(step))
                .map(MethodCall::argsToString)
                .toList();
    }
}
