package io.logpipeline.safeguards;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Has classes of its own for all that is ours, tests included, so that mutants share a process and
 * nothing else. Libraries are the process'.
 */
final class MutantLoader extends URLClassLoader {
    private static final String OURS = "io.logpipeline.";
    private static final String OUR_RESOURCES = "io/logpipeline/";

    /**
     * @param mutant a directory that goes before the class path
     */
    MutantLoader(Path mutant) {
        super(urls(mutant), MutantLoader.class.getClassLoader());
    }

    private static URL[] urls(Path mutant) {
        List<Path> path = new ArrayList<>(List.of(mutant));
        for (String each : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            path.add(Path.of(each));
        }
        return path.stream().map(MutantLoader::url).toArray(URL[]::new);
    }

    private static URL url(Path path) {
        try {
            return path.toUri().toURL();
        } catch (MalformedURLException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(OURS)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded == null ? findClass(name) : loaded;
        }
    }

    @Override
    public URL getResource(String name) {
        return name.startsWith(OUR_RESOURCES) ? findResource(name) : super.getResource(name);
    }
}
