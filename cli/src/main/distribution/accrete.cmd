@echo off
rem Runs the accrete command on Windows, where it has not been run yet.
rem   ACCRETE_OPTS  JVM options, such as -Xmx64m
rem   JAVA_HOME     the Java to run with, 17 or later; else the java on the path
setlocal
set "ACCRETE_JAVA=java"
if defined JAVA_HOME set "ACCRETE_JAVA=%JAVA_HOME%\bin\java.exe"
"%ACCRETE_JAVA%" -XX:+UseSerialGC -XX:-UsePerfData ^
  --add-exports java.base/jdk.internal.module=org.accrete.cli %ACCRETE_OPTS% ^
  -p "%~dp0lib" -m org.accrete.cli/org.accrete.cli.Main %*
exit /b %ERRORLEVEL%
