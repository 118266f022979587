# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Web servers: outside (pages, downloads, uploads by PUT; HTTP and HTTPS) and dmz (the organisation's own).

# nginx_start outside|dmz
nginx_start() {
  local place=$1 folder=$lab_dir/nginx-$1
  mkdir -p "$folder" && chown www-data "$folder"
  nginx_config "$place" "$folder" > "$folder/nginx.conf"
  # Without -e it opens /var/log/nginx/error.log before it reads the configuration.
  lab_spawn "$place" "nginx-$place" nginx -e stderr -c "$folder/nginx.conf"
  lab_until_listening "$place" 0.0.0.0:80 "nginx-$place"
}

nginx_config() {
  local place=$1 folder=$2
  cat <<CONF
daemon off;
user www-data;
worker_processes 1;
pid $folder/pid;
error_log stderr info;
events { worker_connections 256; }
http {
  log_format lab '\$msec \$remote_addr "\$remote_user" \$request_method \$host "\$request_uri" \$status \$body_bytes_sent';
  access_log $lab_dir/log/nginx-$place.access lab;
  default_type application/octet-stream;
  types { text/html html; }
  client_body_temp_path $folder/body;
  proxy_temp_path $folder/proxy;
  fastcgi_temp_path $folder/fastcgi;
  uwsgi_temp_path $folder/uwsgi;
  scgi_temp_path $folder/scgi;
  client_max_body_size 64m;
  sendfile on;
  server {
    listen 0.0.0.0:80 default_server;
    listen [::]:80 default_server;
    listen 0.0.0.0:443 ssl http2 default_server;
    listen 0.0.0.0:82 http2;
    ssl_certificate $lab_dir/certificate.pem;
    ssl_certificate_key $lab_dir/key.pem;
    root $lab_dir/web;
    location /upload/ {
      alias $lab_dir/uploads/;
      dav_methods PUT;
    }
    # Answered when the whole form is in, not before.
    location = /form { proxy_pass http://127.0.0.1:8081; }
  }
  server {
    listen 127.0.0.1:8081;
    location / { return 204; }
  }
}
CONF
}
