# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Outside: a second make of web server, which speaks HTTP/2 without TLS, too (prior knowledge and Upgrade).

apache_start() {
  local folder=$lab_dir/apache
  mkdir -p "$folder"
  apache_config "$folder" > "$folder/apache.conf"
  lab_spawn outside apache apache2 -DFOREGROUND -f "$folder/apache.conf"
}

apache_is_up() { lab_until_listening outside "$apache:8080" apache; }

apache_config() {
  local module
  for module in mpm_event authz_core http2; do
    echo "LoadModule ${module}_module /usr/lib/apache2/modules/mod_$module.so"
  done
  cat <<CONF
ServerRoot $1
ServerName apache.test
DefaultRuntimeDir $1
PidFile $1/pid
Mutex file:$1
User www-data
Group www-data
StartServers 1
ErrorLog /dev/stderr
LogFormat "%a %H %m %U %>s %B" lab
CustomLog $lab_dir/log/apache.access lab
Listen $apache:8080
Protocols h2c http/1.1
DocumentRoot $lab_dir/web
<Directory $lab_dir/web>
  Require all granted
</Directory>
CONF
}
