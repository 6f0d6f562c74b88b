// Runs a declarative Jenkinsfile as Jenkins would, as far as this project's goes: options are
// told, stages run in order until a step fails, and what stands under post/always runs anyway.
// Each step is told as a line; a shell step runs for real, in this folder.
import org.codehaus.groovy.control.CompilerConfiguration

class Told {
    static void say(String what, Object words) { println "${what}: ${words}" }
}

/** Takes any step that it knows by name; another one is an error, as in Jenkins. */
class Steps {
    def sh(String script) {
        Told.say('sh', script)
        def process = ['bash', '-c', script].execute()
        process.waitForProcessOutput(System.out, System.err)
        if (process.exitValue() != 0) throw new RuntimeException("script returned exit code ${process.exitValue()}")
    }
    def archiveArtifacts(Map words) { Told.say('archiveArtifacts', words) }
    def junit(Map words) { Told.say('junit', words) }
}

class Options {
    def timeout(Map words) { Told.say('timeout', words) }
    def logRotator(Map words) { words }
    def buildDiscarder(words) { Told.say('buildDiscarder', words) }
}

class Stage {
    def steps(Closure body) { Runs.with(new Steps(), body) }
}

class Stages {
    def stage(String name, Closure body) { Told.say('stage', name); Runs.with(new Stage(), body) }
}

class Post {
    def always(Closure body) { Runs.with(new Steps(), body) }
}

class Pipeline {
    static final any = 'any'
    Closure stages, post
    def getAny() { any }
    def agent(words) { Told.say('agent', words) }
    def options(Closure body) { Runs.with(new Options(), body) }
    def stages(Closure body) { stages = body }
    def post(Closure body) { post = body }
}

class Runs {
    static void with(owner, Closure body) {
        body.delegate = owner
        body.resolveStrategy = Closure.DELEGATE_ONLY
        body()
    }
}

abstract class Declared extends Script {
    def pipeline(Closure body) {
        def described = new Pipeline()
        Runs.with(described, body)
        def result = 'SUCCESS'
        try {
            Runs.with(new Stages(), described.stages)
        } catch (RuntimeException error) {
            Told.say('error', error.message)
            result = 'FAILURE'
        }
        if (described.post) Runs.with(new Post(), described.post)
        Told.say('result', result)
    }
}

def configuration = new CompilerConfiguration(scriptBaseClass: Declared.name)
new GroovyShell(this.class.classLoader, new Binding(), configuration).evaluate(new File(args[0]))
